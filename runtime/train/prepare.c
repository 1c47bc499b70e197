/* Before the first step: data, trainer, weights. */
#include <stdlib.h>
#include <string.h>

#include "cnn_internal.h"
#include "filters.h"
#include "initial.h"
#include "peers.h"
#include "run.h"
#include "safetensors.h"
#include "whiten.h"

static int open_set(struct run *run, struct set *set, int training, struct trouble *t)
{
    const uint64_t memory = cnn_machine_memory() / (uint64_t)(run->peers ? run->peers->beside : 1);
    return cnn_data_check(set, run->trainee, run->options->fitting, training, t) ||
           cnn_fit_load(set, run->trainee->input, run->options->fitting, memory / 4, t);
}

static void all_of(struct view *view, const struct set *set)
{
    view->set = set;
    view->members = NULL;
    view->count = set->count;
}

/* Most networks hardly learn from numbers up to 255, and nothing else would say so. */
static void note_raw(const struct run *run, const struct set *set)
{
    if (run->trainee->raw && !set->floats && !run->options->weights && !run->options->resume)
        fprintf(run->out,
                "note: the pictures' bytes, 0 to 255, are what the network sees; with scale=1/255 in INPUT it "
                "sees 0 to 1, from which most networks learn better\n");
}

/* --train's pictures; a part of them, or its own test pictures, may be there to validate with. */
static int prepare_train(struct run *run, struct trouble *t)
{
    struct dataset *data = &run->data;
    if (cnn_data_open(data, run->options->train, t))
        return -1;
    fprintf(run->out, "%s\n", data->said);
    struct set *train = data->train.count ? &data->train : &data->test;
    if (open_set(run, train, 1, t))
        return -1;
    note_raw(run, train);
    all_of(&run->learn, train);
    if (run->options->hold_out > 0 && cnn_view_hold_out(train, run->options->hold_out, run->trainee->recipe->seed,
                                                        &run->learn, &run->validate, &run->members, t))
        return -1;
    if (!run->options->test && train == &data->train && data->test.count) {
        if (open_set(run, &data->test, 0, t))
            return -1;
        all_of(&run->test, &data->test);
    }
    if (run->learn.count >= run->trainee->recipe->batch)
        return 0;
    cnn_trouble(t, "%s: %lld pictures to learn from are fewer than a batch of %d", train->path,
                (long long)run->learn.count, run->trainee->recipe->batch);
    return cnn_trouble_help(t, "train batch=%lld", (long long)run->learn.count);
}

static int prepare_test(struct run *run, struct trouble *t)
{
    struct dataset *data = &run->test_data;
    if (cnn_data_open(data, run->options->test, t))
        return -1;
    fprintf(run->out, "%s\n", data->said);
    struct set *test = data->test.count ? &data->test : &data->train;
    if ((run->options->train && cnn_data_same_classes(run->learn.set, test, t)) || open_set(run, test, 0, t))
        return -1;
    all_of(&run->test, test);
    return 0;
}

int cnn_prepare_data(struct run *run, struct trouble *t)
{
    if ((run->options->train && prepare_train(run, t)) || (run->options->test && prepare_test(run, t)))
        return -1;
    if (run->validate.count == 0)
        run->validate = run->test;
    return 0;
}

/* What the pictures are and what they show, as far as a checkpoint must remember it. */
static uint64_t data_hash(const struct run *run)
{
    const struct set *set = run->learn.set;
    const int64_t sizes[] = {set->count,
                             set->height,
                             set->width,
                             set->channels,
                             set->each,
                             run->learn.count,
                             (int64_t)run->options->fitting};
    uint64_t hash = cnn_hash_bytes(HASH_BEGIN, sizes, sizeof sizes);
    const size_t each = (size_t)(set->each * cnn_number_bytes(set->target_number));
    for (int64_t i = 0; i < set->count; i++)
        hash = cnn_hash_bytes(hash, set->targets + (size_t)i * set->apart, each < 64 ? each : 64);
    return hash;
}

/* Of what the driver carries out; epochs and batches are compared by themselves. */
static uint64_t recipe_hash(const struct cnn_recipe *r, uint64_t hash)
{
    const int64_t integers[] = {r->schedule,       r->patience,           r->at_count,      r->loss,
                                r->initialisation, r->augmentation_count, (int64_t)r->seed, r->whitening != NULL};
    const double reals[] = {r->rate,      r->factor, r->to,     r->warmup, r->peak,   r->from,
                            r->smoothing, r->margin, r->spread, r->clip,   r->average};
    hash = cnn_hash_bytes(hash, integers, sizeof integers);
    hash = cnn_hash_bytes(hash, reals, sizeof reals);
    for (int32_t i = 0; i < r->at_count; i++)
        hash = cnn_hash_bytes(hash, &r->at[i], sizeof r->at[i]);
    for (int32_t i = 0; i < r->augmentation_count; i++) {
        const double what[] = {r->augmentations[i].kind, r->augmentations[i].a, r->augmentations[i].b};
        hash = cnn_hash_bytes(hash, what, sizeof what);
    }
    return hash;
}

static void identify(struct run *run)
{
    const struct cnn_recipe *recipe = run->trainee->recipe;
    struct identity *identity = &run->saved.identity;
    size_t state_bytes = 0;
    run->saved.state = run->trainee->state(run->self, &state_bytes);
    identity->hash = recipe_hash(recipe, run->trainee->hash);
    identity->data = run->learn.count ? data_hash(run) : 0;
    identity->epochs = run->options->epochs ? run->options->epochs : recipe->epochs;
    identity->batch = recipe->batch;
    identity->per_epoch = run->learn.count / recipe->batch;
    identity->parameter_count = run->trainee->parameter_count;
    identity->state_bytes = (int64_t)state_bytes;
    identity->averaged = recipe->average > 0;
}

static int begin(struct run *run, struct trouble *t)
{
    const struct cnn_trainee *trainee = run->trainee;
    const int threads = run->options->threads;
    struct cnn_error error = {CNN_OK, ""};
    const size_t stride = (trainee->scratch_bytes + 127) / 64 * 64;
    const size_t bytes = trainee->bytes(trainee->recipe->batch, threads);
    if (bytes == 0)
        return cnn_trouble(t, "batches of %d with %d threads need more memory than this machine can address",
                           trainee->recipe->batch, threads);
    if (cnn_space_new(&run->memory, bytes, "the trainer", t) ||
        cnn_space_new(&run->scratch, (uint64_t)stride * (uint64_t)threads, "the threads", t))
        return -1;
    if (threads > 1) {
        run->pool = cnn_pool_new(threads, run->scratch.data, stride, &error);
        if (!run->pool)
            return cnn_trouble(t, "%s", error.message);
    }
    run->self = trainee->begin(run->memory.data, trainee->recipe->batch, run->pool);
    run->saved.parameters = trainee->parameters(run->self);
    return 0;
}

/* What the file lacks is initialised, and said. */
static int read_weights(struct run *run, unsigned char *found, struct trouble *t)
{
    const struct cnn_trainee *trainee = run->trainee;
    int64_t extra = 0, missing = 0;
    char *an_extra = NULL;
    const char *name = run->options->weights_name;
    if (cnn_safetensors_read(trainee, run->saved.parameters, run->options->weights, found, &extra, &an_extra, t)) {
        free(an_extra);
        return -1;
    }
    const char *first = NULL;
    for (int32_t i = 0; i < trainee->tensor_count; i++) {
        missing += !found[i];
        first = !first && !found[i] ? trainee->tensors[i].name : first;
    }
    if (extra)
        fprintf(run->out,
                extra == 1 ? "%s: %lld tensor of another name is not used: %s\n"
                           : "%s: %lld tensors of other names are not used, such as %s\n",
                name, (long long)extra, an_extra);
    free(an_extra);
    if (missing && !run->options->train) {
        cnn_trouble(t, "%s: it lacks %lld of %ld tensors, such as %s", name, (long long)missing,
                    (long)trainee->tensor_count, first);
        return cnn_trouble_help(t, "testing needs all weights; are they another network's?");
    }
    if (missing)
        fprintf(run->out,
                missing == 1 ? "%s: it lacks %lld of %ld tensors, %s: it is initialised\n"
                             : "%s: it lacks %lld of %ld tensors, such as %s: they are initialised\n",
                name, (long long)missing, (long)trainee->tensor_count, first);
    return 0;
}

static int first_weights(struct run *run, struct trouble *t)
{
    const struct cnn_trainee *trainee = run->trainee;
    unsigned char *found = (unsigned char *)cnn_heap((size_t)trainee->tensor_count, 1, t);
    if (!found || (run->options->weights && read_weights(run, found, t))) {
        free(found);
        return -1;
    }
    int failed = 0;
    for (int32_t i = 0; i < trainee->tensor_count && !failed; i++) {
        float *values = run->saved.parameters + trainee->tensors[i].offset;
        if (found[i])
            continue;
        cnn_initial_values(trainee->recipe, &trainee->tensors[i], values);
        if (trainee->recipe->whitening && trainee->recipe->whitening->tensor == i && run->learn.count)
            failed = cnn_whiten(trainee, &run->learn, run->options->fitting, values, t);
    }
    free(found);
    return failed;
}

static int allocate(struct run *run, struct trouble *t)
{
    const struct identity *identity = &run->saved.identity;
    const char *name = run->options->name;
    run->saved.epochs = (struct epoch *)cnn_heap((size_t)identity->epochs, sizeof *run->saved.epochs, t);
    if (identity->averaged) {
        run->saved.average = (float *)cnn_heap((size_t)identity->parameter_count, sizeof(float), t);
        run->aside = (float *)cnn_heap((size_t)identity->parameter_count, sizeof(float), t);
    }
    run->filters = run->options->train ? cnn_filters_of(run->trainee) : NULL;
    if (run->filters) {
        run->saved.filter_count = run->filters->count;
        run->saved.filters = (float *)cnn_heap((size_t)run->filters->count, sizeof(float), t);
    }
    run->saved.position.plateau.factor = 1;
    run->checkpoint_path = cnn_heap_text(t, "%s.checkpoint", name);
    run->weights_path = cnn_heap_text(t, "%s.safetensors", name);
    run->journal_path = cnn_heap_text(t, "%s.train.jsonl", name);
    run->curves_path = cnn_heap_text(t, "%s.train.svg", name);
    run->filters_path = cnn_heap_text(t, "%s.filters.svg", name);
    return t->message[0] ? -1 : 0;
}

int cnn_prepare_trainer(struct run *run, struct trouble *t)
{
    if (begin(run, t) || cnn_peers_divide(run, t))
        return -1;
    identify(run);
    return allocate(run, t);
}

/* As they are before training, to be drawn beside what becomes of them. */
static void keep_filters(struct run *run)
{
    if (run->filters)
        memcpy(run->saved.filters, run->saved.parameters + run->filters->offset,
               (size_t)run->filters->count * sizeof(float));
}

/* Those of a checkpoint, or those that training begins with. */
static int own_weights(struct run *run, struct trouble *t)
{
    if (run->options->resume)
        return cnn_checkpoint_read(&run->saved, run->checkpoint_path, t);
    if (first_weights(run, t))
        return -1;
    keep_filters(run);
    return 0;
}

int cnn_prepare_weights(struct run *run, struct trouble *t)
{
    const int failed = cnn_is_first(run->peers) ? own_weights(run, t) : 0;
    return cnn_agree(run->peers, failed, t) || cnn_peers_begin(run, t) ? -1 : 0;
}

void cnn_run_free(struct run *run)
{
    cnn_pool_free(run->pool);
    cnn_space_free(&run->memory);
    cnn_space_free(&run->scratch);
    cnn_data_close(&run->data);
    cnn_data_close(&run->test_data);
    free(run->members);
    free(run->saved.average);
    free(run->saved.filters);
    free(run->saved.epochs);
    free(run->aside);
    free(run->stage);
    free(run->checkpoint_path);
    free(run->weights_path);
    free(run->journal_path);
    free(run->curves_path);
    free(run->filters_path);
}
