/* Moves of blocked tensors. CONCAT of whole blocks computes its operands where they belong, SLICE of whole blocks reads
 * a part of its operand where it is. All else that only moves channels, or cuts or frames maps, is one kernel,
 * channels.m4: for each block of the result it copies pieces of the blocks that they come from.
 *
 * What several moves in a row do to the channels is found first: a result that only moves read is never made, and they
 * read what it was made of. */
#include "plan/vector/vector.h"

#include <math.h>
#include <string.h>

/* ---- whole blocks ---- */

static void move_part(struct planning *v, const struct op *op, struct tensor *from, struct tensor *to)
{
    struct kernel *kernel = vector_kernel(v, "vector/move.m4", "move");
    kernel_number(kernel, "COUNT", to->layout.count);
    kernel_word(kernel, "TYPE", element_c(to->layout.type));
    plan_transform(v->plan, op, kernel, from, to)->movable = true;
}

/* The blocks of `whole` from number `block` on that hold a value of such a shape. */
static struct tensor *part_of(struct planning *v, struct tensor *whole, int64_t block, const struct value *value)
{
    int64_t offset = block * whole->layout.plane * element_bytes(whole->layout.type);
    return plan_part(v->plan, whole, offset, value->shape, value_blocked(value, VECTOR_BLOCK, &whole->layout.halo));
}

bool vector_concat(struct planning *v, const struct op *op)
{
    struct tensor *out = vector_result(v, op);
    int64_t block = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        const struct value *value = op->inputs.items[i];
        struct tensor *in = vector_blocked(v, op, value);
        move_part(v, op, in, part_of(v, out, block, value));
        block += vector_blocks(value->shape.c);
    }
    return true;
}

bool vector_slice(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]);
    struct tensor *part = part_of(v, in, op->origin.c / VECTOR_BLOCK, op->output);
    move_part(v, op, part, vector_result(v, op));
    return true;
}

/* ---- which channel comes from where ---- */

/* A channel of a value; NULL: what a PAD adds. */
struct channel {
    const struct value *value;
    int64_t number;
};

static bool maps_stay(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    return in.h == out.h && in.w == out.w;
}

/* Of the operand `value`, or of what that was made of, if it never was. */
static struct channel channel_of(const struct planning *v, const struct value *value, int64_t number)
{
    const struct channel *made_of = v->made_of[value->id];
    return made_of ? made_of[number] : (struct channel){value, number};
}

static struct channel find_channel(const struct planning *v, const struct op *op, int64_t number)
{
    const struct value *first = op->inputs.items[0];
    int64_t groups = op->groups;
    switch (op->kind) {
    case OP_SLICE: return channel_of(v, first, op->origin.c + number);
    case OP_SHUFFLE: return channel_of(v, first, number % groups * (first->shape.c / groups) + number / groups);
    case OP_PAD: {
        int64_t inner = number - op->origin.c;
        return inner < 0 || inner >= first->shape.c ? (struct channel){NULL, 0} : channel_of(v, first, inner);
    }
    default: break;
    }
    size_t operand = 0;
    while (number >= op->inputs.items[operand]->shape.c)
        number -= op->inputs.items[operand++]->shape.c;
    return channel_of(v, op->inputs.items[operand], number);
}

static struct channel *find_channels(const struct planning *v, const struct op *op)
{
    int64_t count = op->output->shape.c;
    struct channel *channels = ARENA_ARRAY(v->plan->arena, struct channel, (size_t)count);
    for (int64_t c = 0; c < count; c++)
        channels[c] = find_channel(v, op, c);
    return channels;
}

struct sources {
    struct VEC(const struct value *) values;
};

static int source_of(struct planning *v, struct sources *sources, const struct value *value)
{
    for (size_t i = 0; i < sources->values.count; i++)
        if (sources->values.items[i] == value)
            return (int)i;
    VEC_PUSH(v->plan->arena, &sources->values, value);
    return (int)sources->values.count - 1;
}

/* Is the result of a move needed only by other moves, and made of few tensors? */
static bool is_passing(struct planning *v, const struct op *op, const struct channel *channels)
{
    enum { MOST_SOURCES = 12 };
    const struct value *value = op->output;
    struct sources sources = {0};
    if (v->algorithms[op->id] != ALGORITHM_CHANNELS || op->kind == OP_PAD || !maps_stay(op))
        return false;
    for (size_t i = 0; i < value->readers.count; i++)
        if (v->algorithms[value->readers.items[i]->id] != ALGORITHM_CHANNELS)
            return false;
    for (int64_t c = 0; c < value->shape.c; c++)
        source_of(v, &sources, channels[c].value);
    return value->readers.count > 0 && sources.values.count <= MOST_SOURCES;
}

void vector_join_moves(struct planning *v)
{
    const struct op_list *list = v->plan->list;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (v->algorithms[op->id] != ALGORITHM_CHANNELS)
            continue;
        const struct channel *channels = find_channels(v, op);
        if (!is_passing(v, op, channels))
            continue;
        v->made_of[op->output->id] = channels;
        v->algorithms[op->id] = ALGORITHM_FUSED;
    }
}

/* ---- what the kernel does for each block of the result ---- */

enum { ZEROS = -1, VALUES = -2 }; /* in place of a feed: beyond the last channel, and what a PAD adds */

/* `count` lanes from `from` of a feed to `to` of the result. */
struct piece {
    int feed, from, to, count;
};

/* A block of a source. */
struct feed {
    int source;
    int64_t block;
};

/* Blocks first, first + step, ... of the result are made of the same lanes of the feeds, and of those after them. */
struct run {
    int64_t first, step, count;
    int feed_count, piece_count;
    struct feed feeds[VECTOR_BLOCK];
    struct piece pieces[VECTOR_BLOCK];
};

static int feed_of(struct run *run, int source, int64_t block)
{
    for (int i = 0; i < run->feed_count; i++)
        if (run->feeds[i].source == source && run->feeds[i].block == block)
            return i;
    run->feeds[run->feed_count] = (struct feed){source, block};
    return run->feed_count++;
}

static void add_lane(struct run *run, int feed, int from, int to)
{
    struct piece *last = run->piece_count ? &run->pieces[run->piece_count - 1] : NULL;
    if (last && last->feed == feed && (feed < 0 || last->from + last->count == from))
        last->count++;
    else
        run->pieces[run->piece_count++] = (struct piece){feed, from, to, 1};
}

static struct run find_run(struct planning *v, const struct channel *channels, int64_t count, int64_t block,
                           struct sources *sources)
{
    struct run run = {.first = block, .step = 1, .count = 1};
    for (int lane = 0; lane < VECTOR_BLOCK; lane++) {
        int64_t c = block * VECTOR_BLOCK + lane;
        const struct channel *from = c < count ? &channels[c] : NULL;
        if (!from || !from->value) {
            add_lane(&run, from ? VALUES : ZEROS, 0, lane);
            continue;
        }
        int source = source_of(v, sources, from->value);
        int feed = feed_of(&run, source, from->number / VECTOR_BLOCK);
        add_lane(&run, feed, (int)(from->number % VECTOR_BLOCK), lane);
    }
    return run;
}

static bool follows(const struct run *run, const struct run *other, int64_t distance)
{
    if (run->feed_count != other->feed_count || run->piece_count != other->piece_count)
        return false;
    for (int i = 0; i < run->feed_count; i++)
        if (run->feeds[i].source != other->feeds[i].source || run->feeds[i].block + distance != other->feeds[i].block)
            return false;
    return memcmp(run->pieces, other->pieces, (size_t)run->piece_count * sizeof *run->pieces) == 0;
}

struct runs {
    struct VEC(struct run) list;
};

/* How many of the blocks that are left follow at that distance, itself included. */
static int64_t length_at(const struct run *all, const bool *done, int64_t blocks, int64_t first, int64_t step)
{
    int64_t count = 1;
    for (int64_t b = first + step; b < blocks && !done[b] && follows(&all[first], &all[b], count); b += step)
        count++;
    return count;
}

/* Shuffled channels repeat after as many blocks as there are groups, others at once. */
static struct runs find_runs(struct planning *v, const struct channel *channels, int64_t count, struct sources *sources)
{
    enum { LONGEST_STEP = 8 };
    int64_t blocks = vector_blocks(count);
    struct run *all = ARENA_ARRAY(v->plan->arena, struct run, (size_t)blocks);
    bool *done = ARENA_ARRAY(v->plan->arena, bool, (size_t)blocks);
    struct runs found = {0};
    for (int64_t b = 0; b < blocks; b++)
        all[b] = find_run(v, channels, count, b, sources);
    for (int64_t b = 0; b < blocks; b++) {
        if (done[b])
            continue;
        struct run run = all[b];
        for (int64_t step = 1; step <= LONGEST_STEP; step++) {
            int64_t length = length_at(all, done, blocks, b, step);
            if (length > run.count) {
                run.count = length;
                run.step = step;
            }
        }
        for (int64_t i = 0; i < run.count; i++)
            done[b + i * run.step] = true;
        VEC_PUSH(v->plan->arena, &found.list, run);
    }
    return found;
}

/* ---- lanes that are mixed: four at a time ---- */

enum { QUAD = 4, QUADS = VECTOR_BLOCK / QUAD };

/* A lane of one of the quads that are in registers. */
struct lane {
    int quad, number;
};

/* Quad `result' of a block, or one on the way to it: lanes of two others. */
struct mix {
    int a, b, lanes[QUAD]; /* from QUAD on, of b */
};

/* Loads come first, then what is mixed of them; both are numbered in that order. */
struct quads {
    int load_count, mix_count;
    struct lane loads[VECTOR_BLOCK]; /* `quad' is the feed here, `number' its first lane */
    struct mix mixes[2 * QUADS], results[QUADS];
};

static struct lane loaded(struct quads *quads, int feed, int number)
{
    enum { LAST = VECTOR_BLOCK - QUAD };
    for (int i = 0; i < quads->load_count; i++) {
        const struct lane *load = &quads->loads[i];
        if (load->quad == feed && (feed < 0 || (number >= load->number && number < load->number + QUAD)))
            return (struct lane){i, feed < 0 ? 0 : number - load->number};
    }
    int even = number / 2 * 2, first = feed < 0 ? 0 : even < LAST ? even : LAST;
    quads->loads[quads->load_count] = (struct lane){feed, first};
    return (struct lane){quads->load_count++, feed < 0 ? 0 : number - first};
}

/* Two loads mixed so that lanes a and b are neighbours. The pair beside them may be what another quad of the result
 * needs: of four loads that are transposed, each mix serves two. */
static struct lane mixed(struct quads *quads, struct lane a, struct lane b)
{
    bool alike = a.number % 2 == b.number % 2;
    int i = alike ? a.number / 2 * 2 : a.number, j = alike ? b.number / 2 * 2 : b.number, next = alike ? 1 : 0;
    struct mix mix = {a.quad, b.quad, {i, QUAD + j, i + next, QUAD + j + next}};
    int at = 0;
    while (at < quads->mix_count && memcmp(&quads->mixes[at], &mix, sizeof mix) != 0)
        at++;
    if (at == quads->mix_count)
        quads->mixes[quads->mix_count++] = mix;
    return (struct lane){VECTOR_BLOCK + at, alike ? a.number % 2 * 2 : 0}; /* numbered when all loads are known */
}

static struct mix result_of(struct quads *quads, const struct lane lanes[QUAD])
{
    struct mix result = {lanes[0].quad, lanes[0].quad, {0}};
    bool two = true;
    for (int i = 0; i < QUAD; i++) {
        if (result.b == result.a)
            result.b = lanes[i].quad;
        two = two && (lanes[i].quad == result.a || lanes[i].quad == result.b);
        result.lanes[i] = lanes[i].number + (lanes[i].quad == result.a ? 0 : QUAD);
    }
    if (two)
        return result;
    for (int half = 0; half < 2; half++) {
        const struct lane *pair = &lanes[half * 2];
        bool one = pair[0].quad == pair[1].quad;
        struct lane from = one ? pair[0] : mixed(quads, pair[0], pair[1]);
        *(half ? &result.b : &result.a) = from.quad;
        result.lanes[half * 2] = half * QUAD + from.number;
        result.lanes[half * 2 + 1] = half * QUAD + (one ? pair[1].number : from.number + 1);
    }
    return result;
}

static int numbered(const struct quads *quads, int quad)
{
    return quad < VECTOR_BLOCK ? quad : quads->load_count + quad - VECTOR_BLOCK;
}

static struct quads find_quads(const struct run *run)
{
    struct quads quads = {0};
    struct lane lanes[VECTOR_BLOCK] = {{0}};
    for (int i = 0; i < run->piece_count; i++)
        for (int k = 0; k < run->pieces[i].count; k++)
            lanes[run->pieces[i].to + k] = loaded(&quads, run->pieces[i].feed, run->pieces[i].from + k);
    for (int i = 0; i < QUADS; i++)
        quads.results[i] = result_of(&quads, &lanes[i * QUAD]);
    for (int i = 0; i < QUADS; i++) {
        quads.results[i].a = numbered(&quads, quads.results[i].a);
        quads.results[i].b = numbered(&quads, quads.results[i].b);
    }
    return quads;
}

static bool is_load(const struct quads *quads, const struct mix *result)
{
    for (int i = 0; i < QUAD; i++)
        if (result->lanes[i] != i)
            return false;
    return result->a < quads->load_count;
}

/* Loads and stores that copy so many neighbours. */
static int moves_of(int count)
{
    static const int rest[] = {0, 1, 1, 2, 1, 2, 2, 2};
    return count / 8 + rest[count % 8];
}

/* Are fewer instructions needed for quads than for pieces? */
static bool wants_quads(const struct run *run, const struct quads *quads)
{
    int pieces = 0, mixing = quads->load_count + quads->mix_count + QUADS;
    for (int i = 0; i < run->piece_count; i++)
        pieces += moves_of(run->pieces[i].count) * (run->pieces[i].feed < 0 ? 1 : 2);
    for (int i = 0; i < QUADS; i++)
        mixing += !is_load(quads, &quads->results[i]);
    return mixing < pieces;
}

/* ---- in words ---- */

static void number_of(struct kernel *kernel, const char *what, size_t run, int index, const char *name, int64_t number)
{
    kernel_number(kernel, arena_printf(kernel->arena, "%s_%zu_%d_%s", what, run, index, name), number);
}

static void describe_mix(struct kernel *kernel, const char *what, size_t run, int index, const struct mix *mix)
{
    number_of(kernel, what, run, index, "A", mix->a);
    number_of(kernel, what, run, index, "B", mix->b);
    for (int i = 0; i < QUAD; i++)
        number_of(kernel, what, run, index, arena_printf(kernel->arena, "LANE%d", i), mix->lanes[i]);
}

static void describe_quads(struct kernel *kernel, size_t run, const struct quads *quads)
{
    number_of(kernel, "RUN", run, 0, "LOADS", quads->load_count);
    number_of(kernel, "RUN", run, 0, "MIXES", quads->mix_count);
    for (int i = 0; i < quads->load_count; i++) {
        number_of(kernel, "LOAD", run, i, "FEED", quads->loads[i].quad);
        number_of(kernel, "LOAD", run, i, "FROM", quads->loads[i].number);
    }
    for (int i = 0; i < quads->mix_count; i++)
        describe_mix(kernel, "MIX", run, i, &quads->mixes[i]);
    for (int i = 0; i < QUADS; i++) {
        describe_mix(kernel, "QUAD", run, i, &quads->results[i]);
        number_of(kernel, "QUAD", run, i, "IS_LOAD", is_load(quads, &quads->results[i]));
    }
}

/* Returns whether it is made of quads. */
static bool describe_run(struct kernel *kernel, size_t index, const struct run *run)
{
    const struct quads quads = find_quads(run);
    bool mixes = wants_quads(run, &quads);
    number_of(kernel, "RUN", index, 0, "FIRST", run->first);
    number_of(kernel, "RUN", index, 0, "STEP", run->step);
    number_of(kernel, "RUN", index, 0, "COUNT", run->count);
    number_of(kernel, "RUN", index, 0, "FEEDS", run->feed_count);
    number_of(kernel, "RUN", index, 0, "PIECES", mixes ? 0 : run->piece_count);
    for (int i = 0; i < run->feed_count; i++) {
        number_of(kernel, "FEED", index, i, "SOURCE", run->feeds[i].source);
        number_of(kernel, "FEED", index, i, "BLOCK", run->feeds[i].block);
    }
    if (mixes)
        describe_quads(kernel, index, &quads);
    for (int i = 0; i < run->piece_count && !mixes; i++) {
        const struct piece *piece = &run->pieces[i];
        number_of(kernel, "PIECE", index, i, "FEED", piece->feed);
        number_of(kernel, "PIECE", index, i, "FROM", piece->from);
        number_of(kernel, "PIECE", index, i, "TO", piece->to);
        number_of(kernel, "PIECE", index, i, "LANES", piece->count);
    }
    return mixes;
}

/* ---- boxes: the part of the maps that is copied ---- */

struct box {
    struct pair size, from, to; /* to: where it begins in the result */
};

static struct box box_of(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct pair none = {0, 0}, origin = {op->origin.y, op->origin.x};
    if (op->kind == OP_PAD)
        return (struct box){{in.h, in.w}, none, origin};
    return (struct box){{out.h, out.w}, op->kind == OP_SLICE ? origin : none, none};
}

/* A frame of zeros is zeroed as a halo is. */
static bool frame_is_halo(const struct op *op)
{
    return op->kind != OP_PAD || maps_stay(op) || (op->padding == 0 && !signbit(op->padding));
}

static void describe_frame(struct kernel *kernel, const struct op *op, const struct tensor *out, const struct box *box)
{
    struct shape inner = {.c = out->shape.c, .h = box->size.h, .w = box->size.w};
    const struct padding *halo = &out->layout.halo;
    bool zeros = frame_is_halo(op);
    int64_t below = out->shape.h - box->to.h - inner.h, behind = out->shape.w - box->to.w - inner.w;
    kernel_numbers(kernel, {"FRAME", !zeros}, {"BOX_H", inner.h}, {"BOX_W", inner.w}, {"BOX_TOP", box->to.h},
                   {"BOX_LEFT", box->to.w}, {"CHANNELS", inner.c}, {"OUT_ROW", out->layout.row},
                   {"OUT_PLANE", out->layout.plane}, {"OUT_START", vector_start(out, 0, 0)});
    if (zeros)
        kernel_numbers(kernel, {"OUT_H", inner.h}, {"OUT_W", inner.w}, {"HALO_TOP", halo->top + box->to.h},
                       {"HALO_LEFT", halo->left + box->to.w}, {"HALO_BOTTOM", halo->bottom + below},
                       {"HALO_RIGHT", halo->right + behind});
    else
        kernel_numbers(kernel, {"OUT_H", out->shape.h}, {"OUT_W", out->shape.w}, {"HALO_TOP", halo->top},
                       {"HALO_LEFT", halo->left}, {"HALO_BOTTOM", halo->bottom}, {"HALO_RIGHT", halo->right});
    kernel_real(kernel, "VALUE", op->kind == OP_PAD ? op->padding : 0);
}

static const char *family_of(const struct op *op)
{
    switch (op->kind) {
    case OP_SLICE: return "slice";
    case OP_SHUFFLE: return "shuffle";
    case OP_PAD: return "pad";
    default: return "concat";
    }
}

bool vector_channels(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 4 };
    const struct channel *channels = find_channels(v, op);
    struct sources sources = {0};
    struct runs found = find_runs(v, channels, op->output->shape.c, &sources);
    struct box box = box_of(op);
    struct tensor **from = ARENA_ARRAY(v->plan->arena, struct tensor *, sources.values.count + 1);
    for (size_t i = 0; i < sources.values.count; i++)
        from[i] = vector_blocked(v, op, sources.values.items[i]);
    struct tensor *out = vector_result(v, op);
    struct kernel *kernel = vector_kernel(v, "vector/channels.m4", family_of(op));
    describe_frame(kernel, op, out, &box);
    kernel_numbers(kernel, {"BLOCKS", vector_blocks(out->shape.c)}, {"SOURCES", (int64_t)sources.values.count},
                   {"RUNS", (int64_t)found.list.count});
    for (size_t i = 0; i < sources.values.count; i++) {
        const char *prefix = arena_printf(v->plan->arena, "IN%zu", i);
        kernel_numbers(
            kernel, {arena_printf(v->plan->arena, "%s_ROW", prefix), from[i]->layout.row},
            {arena_printf(v->plan->arena, "%s_PLANE", prefix), from[i]->layout.plane},
            {arena_printf(v->plan->arena, "%s_START", prefix), vector_start(from[i], -box.from.h, -box.from.w)});
    }
    bool any = false;
    for (size_t i = 0; i < found.list.count; i++)
        any = describe_run(kernel, i, &found.list.items[i]) || any;
    kernel_number(kernel, "ANY_QUADS", any);
    vector_share(v, kernel, (double)shape_elements(out->shape) / NUMBERS_A_CYCLE, false);
    struct step *step = plan_step(v->plan, op, kernel);
    for (size_t i = 0; i < sources.values.count; i++)
        step_reads(v->plan, step, from[i]);
    step_writes(v->plan, step, out);
    return true;
}

/* ---- which way ---- */

bool vector_is_move(const struct op *op)
{
    return op->kind == OP_CONCAT || op->kind == OP_SLICE || op->kind == OP_PAD || op->kind == OP_SHUFFLE ||
           op->kind == OP_RESHAPE || op->kind == OP_OUTPUT;
}

static bool any_blocked(const struct planning *v, const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (v->values[op->inputs.items[i]->id].blocked)
            return true;
    return false;
}

/* A whole number of blocks. */
static bool is_aligned(int64_t channels)
{
    return channels % VECTOR_BLOCK == 0;
}

static bool concat_is_aligned(const struct op *op)
{
    for (size_t i = 0; i + 1 < op->inputs.count; i++)
        if (!is_aligned(op->inputs.items[i]->shape.c))
            return false;
    return true;
}

/* Does the result lie in the operand? Lanes beyond its last channel must not be channels of the operand: their numbers
 * may be infinite, and zero times that is NaN. */
static bool slice_is_aligned(const struct op *op)
{
    int64_t end = op->origin.c + op->output->shape.c;
    return maps_stay(op) && is_aligned(op->origin.c) && (is_aligned(end) || end == op->inputs.items[0]->shape.c);
}

enum algorithm vector_choose_move(const struct planning *v, const struct op *op)
{
    if (op->kind == OP_RESHAPE || !any_blocked(v, op))
        return ALGORITHM_PORTABLE;
    if (op->kind == OP_CONCAT && concat_is_aligned(op))
        return ALGORITHM_CONCAT;
    return op->kind == OP_SLICE && slice_is_aligned(op) ? ALGORITHM_SLICE : ALGORITHM_CHANNELS;
}
