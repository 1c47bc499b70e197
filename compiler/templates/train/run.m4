m4_dnl The end of the C source of training: memory, the phases of a step, the functions of the header. cnnc defines the
m4_dnl lists: PHASE_LIST (calls of kernels), SEEN_LIST, GRADIENT_CALLS, SUM_CALLS, MASK_CALLS,
m4_dnl EVALUATE_CALLS, UPDATE_CALLS, SIZES.
m4_dnl FILLED(offset, count, number): parameters that do not begin with zeros.
m4_define([<FILLED>], [<    for (int i = 0; i < $2; i++)
        t->parameters[$1 + i] = $3;
>])m4_dnl
m4_dnl GIVEN(offset, count, period, numbers): weights that the text gives, the same numbers again and again.
m4_define([<GIVEN>], [<    for (int i = 0; i < $2; i++) {
        static const float numbers[$3] = {$4};
        t->constants[m4_ifelse([<$1>], 0, [<i>], [<$1 + i>])] = numbers[m4_ifelse([<$3>], 1, 0, [<i % $3>])];
    }
>])m4_dnl
m4_define([<SUFFIX>], [<IF(FAST, [<_[<>]ISA>])>])m4_dnl
m4_define([<WHERE>], [<IF(FAST, [<TARGET static>], [<static>])>])m4_dnl
m4_dnl From so many weights on, threads share what is done to each.
m4_define([<SPREAD_COUNT>], 16384)m4_dnl
m4_dnl What the lists are made of.
m4_define([<PHASE>], [<static void @name@_phase_$1[<>]SUFFIX[<>](const struct @name@_work *work, m4_dnl
const struct @name@_place *at)
{
IF(SPLITS, [<    const int part = at->part, parts = at->parts;
$2[<>]    switch (at->step) {
$3[<>]    default: break;
    }
    (void)work, (void)parts;
>], [<$2[<>]    (void)work, (void)at;
>])m4_dnl
}

>])m4_dnl
m4_define([<LAYER>], [<
    /* @step:$1@ */
>])m4_dnl
m4_define([<PLACE>], [<    float *const @tensor:$1@ = (float *)(void *)(at->$2 + $3);
>])m4_dnl
m4_define([<CALL>], [<    @kernel:$1@[<>]SUFFIX[<>]($2);
>])m4_dnl
m4_define([<STEP_CALL>], [<    case $1:
        IF($2, [<>], [<if (part == 0)
            >])@kernel:$3@[<>]SUFFIX[<>]($5);
m4_ifelse([<$4>], [<>], [<>], [<        $4
>])m4_dnl
        break;
>])m4_dnl
m4_define([<SEEN>], [<    {"@layer:$1@", $2, $3, $4, $5, $6, $7},
>])m4_dnl
m4_define([<RUN>], [<    @name@_share(work, @name@_phase_$1[<>]SUFFIX[<>]IF(SPLITS, [<, $2>]));
>])m4_dnl
m4_dnl One thread alone finds out what was first.
m4_define([<ALONE>], [<IF(SEES, [< && !work->beyond>])>])m4_dnl
m4_define([<MEET>], [<    @name@_meet(t, $1, $2);
>])m4_dnl
m4_define([<RANGE>], [<    @name@_update[<>]SUFFIX[<>](t, change->scale, $1, $2, part, parts);
>])m4_dnl
m4_dnl ---- functions for each instruction set ----
m4_define([<OF_SET>], [<m4_dnl
PHASE_LIST[<>]m4_dnl
static void @name@_add_all[<>]SUFFIX[<>](void *argument, int part, int parts, void *scratch)
{
    const struct @name@_trainer *const t = ((const struct @name@_change *)argument)->trainer;
    (void)scratch;
SUM_CALLS[<>]}

static void @name@_gradient[<>]SUFFIX[<>](struct @name@_work *work)
{
    const struct @name@_trainer *const t = work->trainer;
GRADIENT_CALLS[<>]    @name@_spread(t, @name@_add_all[<>]SUFFIX, 1.0f);
MASK_CALLS[<>]}

static void @name@_forward[<>]SUFFIX[<>](struct @name@_work *work)
{
    const struct @name@_trainer *const t = work->trainer;
    (void)t;
EVALUATE_CALLS[<>]}

m4_include([<train/update.m4>])m4_dnl
static void @name@_update_part[<>]SUFFIX[<>](void *argument, int part, int parts, void *scratch)
{
    const struct @name@_change *const change = (const struct @name@_change *)argument;
    const struct @name@_trainer *const t = change->trainer;
    (void)scratch;
UPDATE_CALLS[<>]}

static void @name@_update_all[<>]SUFFIX[<>](const struct @name@_trainer *t, float scale)
{
    @name@_spread(t, @name@_update_part[<>]SUFFIX, scale);
}

>])m4_dnl
/* ---- memory ---- */

/* The trainer and what the optimiser counts fit into what they are given. */
typedef char @name@_trainer_fits[sizeof(struct @name@_trainer) <= HEAD_BYTES ? 1 : -1];
typedef char @name@_state_fits[sizeof(struct @name@_state) == STATE_BYTES ? 1 : -1];

struct @name@_sizes {
    uint64_t state, parameters, gradients, losses, norms, sums, shares, blocks, local, all; /* bytes from the start */
    IF(CONSTANT_COUNT, [<uint64_t constants;>])
    int groups, shards, workers;
};

static struct @name@_sizes @name@_measure(int batch, int threads)
{
    struct @name@_sizes s;
    s.groups = (batch - 1) / LANE_COUNT + 1;
    s.shards = s.groups < SHARDS ? s.groups : SHARDS;
    s.workers = threads < s.shards ? threads : s.shards;
    s.state = HEAD_BYTES;
    s.parameters = s.state + STATE_BYTES + UINT64_C(m4_eval(4 * BUFFERS)) * TRAINED_COUNT;
    s.gradients = s.parameters + UINT64_C(4) * PARAMETER_COUNT;
    WHEN(CONSTANT_COUNT, [<
        s.constants = s.gradients + UINT64_C(4) * TRAINED_COUNT;
        s.losses = s.constants + UINT64_C(4) * CONSTANT_COUNT;
    >], [<
        s.losses = s.gradients + UINT64_C(4) * TRAINED_COUNT;
    >])
    s.norms = s.losses + IF(LANE_COUNT % 16, [<((uint64_t)s.groups + 1) / 2 * 64>], [<(uint64_t)s.groups * m4_dnl
m4_eval(4 * LANE_COUNT)>]);
    s.sums = s.norms + UINT64_C(4) * NORM_COUNT;
    s.shares = s.sums + (uint64_t)s.groups * (UINT64_C(4) * GROUP_STEP);
    s.blocks = s.shares + (uint64_t)s.shards * (UINT64_C(4) * SHARD_COUNT);
    s.local = s.blocks + (uint64_t)s.groups * BLOCK_BYTES;
    s.all = s.local + (uint64_t)s.workers * LOCAL_BYTES;
    return s;
}

size_t @name@_train_bytes(int batch, int threads)
{
    const struct @name@_sizes s = @name@_measure(batch < 1 ? 1 : batch, threads < 1 ? 1 : threads);
    return s.all > SIZE_MAX / 2 ? 0 : (size_t)s.all;
}

struct @name@_trainer *@name@_train_begin(void *memory, int batch, struct cnn_pool *pool)
{
    CNN_ASSERT(memory != NULL && (uintptr_t)memory % ALIGNMENT == 0 && batch > 0);
    const struct @name@_sizes s = @name@_measure(batch, pool ? pool->threads : 1);
    unsigned char *const bytes = (unsigned char *)memory;
    struct @name@_trainer *const t = (struct @name@_trainer *)memory;
    memset(memory, 0, (size_t)s.blocks);
    t->pool = pool;
    t->batch = batch;
    t->groups = s.groups;
    t->shards = s.shards;
    t->workers = s.workers;
    t->end = s.groups;
    t->rate = RATE;
    t->state = (struct @name@_state *)(void *)(bytes + s.state);
    t->moments = (float *)(void *)(t->state + 1);
    t->parameters = (float *)(void *)(bytes + s.parameters);
    t->gradients = (float *)(void *)(bytes + s.gradients);
    IF(CONSTANT_COUNT, [<t->constants = (float *)(void *)(bytes + s.constants);>])
    t->losses = (float *)(void *)(bytes + s.losses);
    t->norms = (float *)(void *)(bytes + s.norms);
    t->sums = (float *)(void *)(bytes + s.sums);
    t->shares = (float *)(void *)(bytes + s.shares);
    t->blocks = bytes + s.blocks;
    t->local = bytes + s.local;
FIRST_NUMBERS[<>]    return t;
}

float *@name@_train_parameters(struct @name@_trainer *trainer)
{
    return trainer->parameters;
}

float *@name@_train_gradients(struct @name@_trainer *trainer)
{
    return trainer->gradients;
}

void @name@_train_part(struct @name@_trainer *trainer, int first, int end,
    void (*meet)(void *context, float *numbers, int count, long step, int groups), void *context)
{
    const int groups = (end - 1) / LANE_COUNT + 1 - first / LANE_COUNT;
    CNN_ASSERT(first >= 0 && first < end && end <= trainer->batch && first % LANE_COUNT == 0);
    CNN_ASSERT(end % LANE_COUNT == 0 || end == trainer->batch);
    trainer->first = first / LANE_COUNT;
    trainer->end = trainer->first + groups;
    trainer->shards = groups < SHARDS ? groups : SHARDS;
    trainer->meet = meet;
    trainer->context = context;
}

void @name@_train_rate(struct @name@_trainer *trainer, float rate)
{
    trainer->rate = rate;
}

void *@name@_train_state(struct @name@_trainer *trainer, size_t *bytes)
{
    *bytes = sizeof *trainer->state + sizeof *trainer->moments * m4_eval(BUFFERS) * TRAINED_COUNT;
    return trainer->state;
}

/* ---- the work of a phase: shards, whose groups run one after the other ---- */

static struct @name@_place @name@_place_of(const struct @name@_work *work, int group, int shard, int worker)
{
    const struct @name@_trainer *const t = work->trainer;
    struct @name@_place at;
    memset(&at, 0, sizeof at);
    at.image = group * LANE_COUNT;
    at.count = work->count - at.image < LANE_COUNT ? work->count - at.image : LANE_COUNT;
    at.fresh = 1;
    at.sums = t->sums + (size_t)group * GROUP_STEP;
    at.gradients = t->shares + (size_t)shard * SHARD_COUNT;
    at.block = t->blocks + (size_t)group * BLOCK_BYTES;
    at.local = t->local + (size_t)worker * LOCAL_BYTES;
    return at;
}

IF(SPLITS, [<m4_dnl
/* A step of the only group: of all parts by one thread, or a part of it. */
static void @name@_step(void *argument, int part, int parts, void *scratch)
{
    const struct @name@_work *const work = (const struct @name@_work *)argument;
    struct @name@_place at = work->at;
    (void)scratch;
    at.part = part;
    at.parts = parts;
    work->phase(work, &at);
}

>])m4_dnl
static void @name@_task(void *argument, int part, int parts, void *scratch)
{
    const struct @name@_work *const work = (const struct @name@_work *)argument;
    const struct @name@_trainer *const t = work->trainer;
    const int first = work->training ? t->first : 0;
    const int groups = (work->training ? t->end : (work->count - 1) / LANE_COUNT + 1) - first;
    const int shards = groups < t->shards ? groups : t->shards;
    (void)scratch;
    for (int shard = part; shard < shards; shard += parts)
        for (int group = first + shard * groups / shards; group < first + (shard + 1) * groups / shards; group++) {
            struct @name@_place at = @name@_place_of(work, group, shard, part);
            at.fresh = group == first + shard * groups / shards;
            WHEN(SPLITS, [<
                for (at.part = 0, at.parts = 1, at.step = 0; at.step < work->steps; at.step++)
                    work->phase(work, &at);
            >], [<
                work->phase(work, &at);
            >])
        }
}

static void @name@_share(struct @name@_work *work,
    void (*phase)(const struct @name@_work *work, const struct @name@_place *at)IF(SPLITS, [<, int steps>]))
{
    const struct @name@_trainer *const t = work->trainer;
    work->phase = phase;
    WHEN(SPLITS, [<
        work->steps = steps;
        if (t->pool && t->pool->threads > 1 && t->groups == 1[<>]ALONE) {
            work->at = @name@_place_of(work, 0, 0, 0);
            for (work->at.step = 0; work->at.step < steps; work->at.step++)
                t->pool->run(t->pool, @name@_step, work, t->pool->threads);
            return;
        }
    >])
    if (t->pool && t->workers > 1[<>]ALONE)
        t->pool->run(t->pool, @name@_task, work, t->workers);
    else
        @name@_task(work, 0, 1, NULL);
}

/* ---- the work of all weights: sums of the shards' gradients, the optimiser's step ---- */

struct @name@_change {
    const struct @name@_trainer *trainer;
    float scale; /* of the gradients */
};

static void @name@_spread(const struct @name@_trainer *t, cnn_task *task, float scale)
{
    struct @name@_change change;
    change.trainer = t;
    change.scale = scale;
    if (t->pool && t->pool->threads > 1 && TRAINED_COUNT >= SPREAD_COUNT)
        t->pool->run(t->pool, task, &change, t->pool->threads);
    else
        task(&change, 0, 1, NULL);
}

/* ---- the steps ---- */

IF(MEETS, [<m4_dnl
/* Where several trainers compute parts of a batch: `count' numbers of each group, from `sums' on, of all of them. */
static void @name@_meet(const struct @name@_trainer *t, float *sums, int count)
{
    if (t->meet)
        t->meet(t->context, sums, count, GROUP_STEP, t->groups);
}

>])m4_dnl
IF(SEES, [<m4_dnl
/* SEE(number, tensor): if work->beyond is set, it becomes the number of the first result, in the order in which they
 * are computed, that has a number which is not finite. */
#ifdef CNN_TRAIN_H
static const struct @name@_seen {
    const char *layer;
    int planes, rows, pixels;
    long plane, row, start; /* numbers to the next plane and row, and to the first */
} @name@_seen[] = {
SEEN_LIST[<>]};

static void @name@_see(const struct @name@_work *work, const struct @name@_place *at, int number, const float *tensor)
{
    const struct @name@_seen *const seen = &@name@_seen[number];
    float zero = 0.0f; /* times a number that is not finite: not a number */
    if (!work->beyond || (*work->beyond >= 0 && *work->beyond <= number))
        return;
    for (int p = 0; p < seen->planes; p++)
        for (int y = 0; y < seen->rows; y++)
            for (int x = 0; x < seen->pixels; x++)
                for (int l = 0; l < at->count; l++)
                    zero += tensor[seen->start + p * seen->plane + y * seen->row + x * LANE_COUNT + l] * 0.0f;
    if (!(zero == 0.0f))
        *work->beyond = number;
}

#define SEE(number, tensor) @name@_see(work, at, number, tensor)
#else
#define SEE(number, tensor) ((void)0)
#endif

>])m4_dnl
IF(FAST, [<m4_define([<SET_FUNCTIONS>], [<m4_define([<ISA>], [<$1>])m4_define([<TARGET>], m4_dnl
[<TARGET_$1>])OF_SET[<>]>])m4_dnl
m4_define([<ISA_RUN>], m4_defn([<SET_FUNCTIONS>]))ISA_RUNS[<>]>], [<OF_SET[<>]>])m4_dnl
m4_define([<SUPPORTS>], [<__builtin_cpu_supports("$1")m4_ifelse([<$2>], [<>], [<>], [< &&
        SUPPORTS(m4_shift($@))>])>])m4_dnl
m4_dnl CHOOSE(function, arguments): calls that of the widest instruction set that this machine has.
m4_define([<CHOOSE>], [<m4_define([<CHOSEN>], [<$1>])m4_define([<CHOSEN_FOR>], [<$2>])m4_dnl
IF(FAST, [<ISA_CHOICE>], [<    @name@_$1($2);
>])>])m4_dnl
m4_define([<ISA_TRY>], [<    if (SUPPORTS(m4_shift($@))) {
        @name@_[<>]CHOSEN[<>]_$1(CHOSEN_FOR);
        return;
    }
>])m4_dnl
m4_define([<ISA_LAST>], [<    @name@_[<>]CHOSEN[<>]_$1(CHOSEN_FOR);
>])m4_dnl
static void @name@_run_gradient(struct @name@_work *work)
{
CHOOSE(gradient, work)}

static void @name@_run_forward(struct @name@_work *work)
{
CHOOSE(forward, work)}

static void @name@_run_update(const struct @name@_trainer *t, float scale)
{
CHOOSE(update_all, [<t, scale>])}

static float @name@_learn(struct @name@_trainer *trainer, struct @name@_work *work)
{
    double loss = 0.0;
    work->trainer = trainer;
    work->count = trainer->batch;
    work->training = 1;
    memset(trainer->losses, 0, (size_t)trainer->groups * m4_eval(4 * LANE_COUNT));
    @name@_run_gradient(work);
    for (int i = 0; i < trainer->batch; i++)
        loss += (double)trainer->losses[i];
    return (float)(loss / trainer->batch);
}

float @name@_train_gradient(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS)
{
    struct @name@_work work;
    memset(&work, 0, sizeof work);
SET_IMAGES[<>]SET_TARGETS[<>]    return @name@_learn(trainer, &work);
}

IF(MIXES, [<float @name@_train_mixed(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS,
    const int32_t *others, const float *shares)
{
    struct @name@_work work;
    memset(&work, 0, sizeof work);
SET_IMAGES[<>]SET_TARGETS[<>]    work.others = others;
    work.shares = shares;
    return @name@_learn(trainer, &work);
}

>])m4_dnl
void @name@_train_update(struct @name@_trainer *trainer)
{
    float scale = 1.0f;
    WHEN(CLIPS, [<
        double squares = 0.0;
        for (long i = 0; i < TRAINED_COUNT; i++)
            squares += (double)trainer->gradients[i] * (double)trainer->gradients[i];
        const double factor = (double)CLIP / (sqrt(squares) + 1e-6);
        if (factor < 1.0)
            scale = (float)factor;
    >])
    trainer->state->step++;
    @name@_run_update(trainer, scale);
}

float @name@_train_step(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS)
{
    const float loss = @name@_train_gradient(trainer, IMAGE_NAMES, TARGET_NAMES);
    @name@_train_update(trainer);
    return loss;
}

void @name@_evaluate(struct @name@_trainer *trainer, LIST_OF_IMAGES, int count, LIST_OF_OUTPUTS)
{
    struct @name@_work work;
    CNN_ASSERT(count <= trainer->batch);
    memset(&work, 0, sizeof work);
SET_IMAGES[<>]SET_OUTPUTS[<>]    work.trainer = trainer;
    work.count = count;
    if (count > 0)
        @name@_run_forward(&work);
}
