/* Opens, runs and closes a network: checks its arguments, allocates the arena and the scratch memory,
 * and connects the generated code to its weights and threads. It computes nothing itself. */
#define _DEFAULT_SOURCE /* madvise */
#include "cnn_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#ifndef CNN_NO_FILES
#include <sys/mman.h>
#endif

/* From this size on large pages pay off: the arena of a large network is accessed all over. */
enum { LARGE_BYTES = 4 * 1024 * 1024, LARGE_PAGE = 2 * 1024 * 1024 };

void *cnn_allocate(const struct cnn_memory *memory, size_t bytes)
{
    return memory->allocate ? memory->allocate(memory->self, bytes) : malloc(bytes);
}

void cnn_release(const struct cnn_memory *memory, void *block)
{
    if (block && memory->release)
        memory->release(memory->self, block);
    else if (block)
        free(block);
}

static int check_model(const struct cnn_model *model, const struct cnn_settings *settings, struct cnn_error *error)
{
    if (!model)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_open: the model is NULL");
    if ((model->abi & CNN_ABI_VERSION) != CNN_ABI)
        return cnn_fail(error, CNN_ERROR_VERSION,
                        "the network was generated for version %lu of the runtime, but this is version %d: "
                        "generate it again with the cnnc of this runtime",
                        (unsigned long)(model->abi & CNN_ABI_VERSION), CNN_ABI);
    if (!model->name || !model->run || !model->inputs || !model->outputs)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_open: the model is incomplete");
    if (settings->threads < 1 || settings->threads > CNN_MAX_THREADS)
        return cnn_fail(error, CNN_ERROR_ARGUMENT,
                        "%.60s: %d threads; the number must be from 1 (only the caller) to %d", model->name,
                        settings->threads, CNN_MAX_THREADS);
    if (settings->memory && (!settings->memory->allocate || !settings->memory->release))
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "%.60s: struct cnn_memory needs both of its functions", model->name);
    if (settings->weights_path && settings->weights)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "%.60s: weights from a file and from memory: give one of the two",
                        model->name);
    return CNN_OK;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

/* One block for everything, so that its large pages are fully used. */
static int allocate(struct cnn_net *net, int threads, size_t *stride, struct cnn_error *error)
{
    const struct cnn_model *model = net->model;
    const uint64_t limit = (uint64_t)(SIZE_MAX / 4);
    uint64_t arena = round_up(model->arena_bytes, CNN_ALIGNMENT);
    uint64_t scratch = round_up(model->scratch_bytes, CNN_ALIGNMENT) + CNN_ALIGNMENT; /* no shared cache line */
    uint64_t total = arena + scratch * (uint64_t)threads;
    uint64_t unit = total >= LARGE_BYTES && !net->memory.allocate ? LARGE_PAGE : CNN_ALIGNMENT;
    if (model->arena_bytes < limit && model->scratch_bytes < limit / (uint64_t)threads && total < limit)
        net->block = cnn_allocate(&net->memory, (size_t)(total + unit));
    if (!net->block)
        return cnn_fail(error, CNN_ERROR_MEMORY,
                        "%.60s: no memory for an arena of %llu bytes and %d times %llu bytes of scratch", model->name,
                        (unsigned long long)model->arena_bytes, threads, (unsigned long long)model->scratch_bytes);
    unsigned char *base = (unsigned char *)net->block;
    base += (size_t)(unit - (uint64_t)(uintptr_t)base % unit) % (size_t)unit;
#ifdef MADV_HUGEPAGE
    if (unit == LARGE_PAGE)
        (void)madvise(base, (size_t)total, MADV_HUGEPAGE);
#endif
    net->context.arena = base;
    net->context.scratch = base + (size_t)arena;
    *stride = (size_t)scratch;
    return CNN_OK;
}

static struct cnn_weights *open_weights(const struct cnn_model *model, const struct cnn_settings *settings,
                                        const struct cnn_memory *memory, struct cnn_error *error)
{
    struct cnn_weights *weights = (struct cnn_weights *)cnn_allocate(memory, sizeof *weights);
    if (!weights) {
        cnn_fail(error, CNN_ERROR_MEMORY, "%.60s: no memory", model->name);
        return NULL;
    }
    memset(weights, 0, sizeof *weights);
    if (cnn_weights_open(weights, model, settings, memory, error)) {
        cnn_release(memory, weights);
        return NULL;
    }
    return weights;
}

static void close_weights(struct cnn_weights *weights, const struct cnn_memory *memory)
{
    if (weights)
        cnn_weights_close(weights, memory);
    cnn_release(memory, weights);
}

static int prepare(struct cnn_net *net, const struct cnn_settings *settings, struct cnn_error *error)
{
    size_t stride = 0;
    net->weights = open_weights(net->model, settings, &net->memory, error);
    if (!net->weights || allocate(net, settings->threads, &stride, error))
        return CNN_ERROR_MEMORY;
    net->context.weights = net->weights->data;
#ifndef CNN_NO_THREADS
    if (settings->threads > 1) {
        net->context.pool = cnn_pool_new_in(&net->memory, settings->threads, net->context.scratch, stride, error);
        if (!net->context.pool)
            return CNN_ERROR_THREADS;
    }
#endif
    return CNN_OK;
}

static void clear(struct cnn_error *error)
{
    if (error) {
        error->code = CNN_OK;
        error->message[0] = 0;
    }
}

static struct cnn_net *open_checked(const struct cnn_model *model, const struct cnn_settings *settings,
                                    struct cnn_error *error)
{
    const struct cnn_memory none = {NULL, NULL, NULL};
    struct cnn_net *net;
    clear(error);
    if (check_model(model, settings, error))
        return NULL;
    net = (struct cnn_net *)cnn_allocate(settings->memory ? settings->memory : &none, sizeof *net);
    if (!net) {
        cnn_fail(error, CNN_ERROR_MEMORY, "%.60s: no memory", model->name);
        return NULL;
    }
    memset(net, 0, sizeof *net);
    net->model = model;
    net->memory = settings->memory ? *settings->memory : none;
    if (prepare(net, settings, error)) {
        cnn_close(net);
        return NULL;
    }
    return net;
}

struct cnn_net *cnn_open_with(const struct cnn_model *model, const struct cnn_settings *settings,
                              struct cnn_error *error)
{
    struct cnn_settings complete;
    memset(&complete, 0, sizeof complete);
    if (settings)
        complete = *settings;
    if (complete.threads == 0)
        complete.threads = 1;
    return open_checked(model, &complete, error);
}

struct cnn_net *cnn_open(const struct cnn_model *model, const char *weights_path, int threads, struct cnn_error *error)
{
    struct cnn_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.weights_path = weights_path;
    settings.threads = threads;
    return open_checked(model, &settings, error);
}

static const unsigned char no_bytes[1];

struct cnn_net *cnn_open_memory(const struct cnn_model *model, const void *weights, size_t weights_bytes, int threads,
                                struct cnn_error *error)
{
    struct cnn_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.weights = weights ? weights : no_bytes; /* not those in the code */
    settings.weights_bytes = weights ? weights_bytes : 0;
    settings.threads = threads;
    return open_checked(model, &settings, error);
}

void cnn_close(struct cnn_net *net)
{
    if (!net)
        return;
    const struct cnn_memory memory = net->memory;
    cnn_pool_free(net->context.pool);
    close_weights(net->next, &memory);
    close_weights(net->weights, &memory);
    cnn_release(&memory, net->block);
    cnn_release(&memory, net);
}

/* ---- other weights ---- */

/* Whoever replaces weights that wait gives them up: no call has seen them. */
static int reload(struct cnn_net *net, const struct cnn_settings *settings, struct cnn_error *error)
{
    struct cnn_error own;
    struct cnn_error *said = error ? error : &own;
    clear(said);
    if (!net)
        return cnn_fail(said, CNN_ERROR_ARGUMENT, "cnn_reload: the network is NULL");
    struct cnn_weights *weights = open_weights(net->model, settings, &net->memory, said);
    if (!weights)
        return said->code;
    close_weights(cnn_exchange(&net->next, weights), &net->memory);
    return CNN_OK;
}

int cnn_reload(struct cnn_net *net, const char *weights_path, struct cnn_error *error)
{
    struct cnn_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.weights_path = weights_path;
    return reload(net, &settings, error);
}

int cnn_reload_memory(struct cnn_net *net, const void *weights, size_t weights_bytes, struct cnn_error *error)
{
    struct cnn_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.weights = weights ? weights : no_bytes; /* not those in the code */
    settings.weights_bytes = weights ? weights_bytes : 0;
    return reload(net, &settings, error);
}

void cnn_adopt(struct cnn_net *net)
{
    struct cnn_weights *weights = cnn_waits(&net->next) ? cnn_exchange(&net->next, NULL) : NULL;
    if (!weights)
        return;
    close_weights(net->weights, &net->memory);
    net->weights = weights;
    net->context.weights = weights->data;
}

/* ---- calls ---- */

#ifndef NDEBUG
/* False if another call is in progress, on any thread: only one is allowed at a time. */
static int begin_call(struct cnn_net *net)
{
#ifdef __GNUC__
    return __atomic_fetch_add(&net->calls, 1, __ATOMIC_ACQUIRE) == 0;
#else
    return net->calls++ == 0;
#endif
}

static void end_call(struct cnn_net *net)
{
#ifdef __GNUC__
    (void)__atomic_fetch_sub(&net->calls, 1, __ATOMIC_RELEASE);
#else
    net->calls--;
#endif
}

/* Numbers of four bytes must be aligned; bytes may be anywhere. */
static int placed(const void *data, const struct cnn_tensor *tensor)
{
    return data && (tensor->type == 1 || tensor->type == 2 || (uintptr_t)data % sizeof(float) == 0);
}
#endif

void cnn_run_many(struct cnn_net *net, const void *const inputs[], void *const outputs[])
{
    assert(net && "cnn_run_many: the network is NULL");
    assert(inputs && outputs && "cnn_run_many: a list of tensors is NULL");
#ifndef NDEBUG
    for (int32_t i = 0; i < net->model->input_count; i++)
        assert(placed(inputs[i], &net->model->inputs[i]) && "cnn_run_many: an input is NULL or not aligned");
    for (int32_t i = 0; i < net->model->output_count; i++)
        assert(placed(outputs[i], &net->model->outputs[i]) && "cnn_run_many: an output is NULL or not aligned");
    const int alone = begin_call(net);
    assert(alone && "cnn_run: one call at a time");
#endif
    cnn_adopt(net);
    net->model->run(&net->context, inputs, outputs);
#ifndef NDEBUG
    end_call(net);
#endif
}

void cnn_run(struct cnn_net *net, const float *input, float *output)
{
    const void *inputs[1];
    void *outputs[1];
    assert(net && "cnn_run: the network is NULL");
    assert(net->model->input_count == 1 && net->model->output_count == 1 &&
           "cnn_run: a network with several inputs or outputs needs cnn_run_many");
    assert(net->model->inputs[0].type == 0 && "cnn_run: a network that reads bytes needs cnn_run_many");
    assert(net->model->outputs[0].type == 0 && "cnn_run: a network that gives integers needs cnn_run_many");
    inputs[0] = input;
    outputs[0] = output;
    cnn_run_many(net, inputs, outputs);
}
