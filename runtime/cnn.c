/* Opens, runs and closes a network: checks its arguments, allocates the arena and the scratch memory,
 * and connects the generated code to its weights and threads. It computes nothing itself. */
#define _DEFAULT_SOURCE /* madvise */
#include "cnn_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef CNN_NO_FILES
#include <sys/mman.h>
#endif

/* From this size on large pages pay off: the arena of a large network is accessed all over. */
enum { LARGE_BYTES = 4 * 1024 * 1024, LARGE_PAGE = 2 * 1024 * 1024 };

struct cnn_net {
    const struct cnn_model *model;
    struct cnn_context context;
    struct cnn_file file;
    void *memory; /* from malloc: the arena, then each thread's scratch */
    int calls;    /* calls in progress, in a debug build: at most one */
};

static int check_model(const struct cnn_model *model, const char *weights_path, int threads, struct cnn_error *error)
{
    if (!model)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_open: the model is NULL");
    if (model->abi != CNN_ABI)
        return cnn_fail(error, CNN_ERROR_VERSION,
                        "the network was generated for version %lu of the runtime, but this is version %d: "
                        "generate it again with the cnnc of this runtime",
                        (unsigned long)model->abi, CNN_ABI);
    if (!model->name || !model->run || !model->inputs || !model->outputs)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_open: the model is incomplete");
    if (threads < 1 || threads > CNN_MAX_THREADS)
        return cnn_fail(error, CNN_ERROR_ARGUMENT,
                        "%.60s: %d threads; the number must be from 1 (only the caller) to %d", model->name, threads,
                        CNN_MAX_THREADS);
    if (!weights_path && !model->weights && model->weight_bytes > 0)
        return cnn_fail(error, CNN_ERROR_ARGUMENT,
                        "%.60s has no weights in its code: name its .cnnw file when opening it", model->name);
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
    uint64_t unit = total >= LARGE_BYTES ? LARGE_PAGE : CNN_ALIGNMENT;
    if (model->arena_bytes < limit && model->scratch_bytes < limit / CNN_MAX_THREADS && total < limit)
        net->memory = malloc((size_t)(total + unit));
    if (!net->memory)
        return cnn_fail(error, CNN_ERROR_MEMORY,
                        "%.60s: no memory for an arena of %llu bytes and %d times %llu bytes of scratch", model->name,
                        (unsigned long long)model->arena_bytes, threads, (unsigned long long)model->scratch_bytes);
    unsigned char *base = (unsigned char *)net->memory;
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

static int prepare(struct cnn_net *net, const char *weights_path, int threads, struct cnn_error *error)
{
    size_t stride = 0;
    int failed = CNN_OK;
    if (weights_path)
        failed = cnn_file_open(&net->file, net->model, weights_path, error);
    if (!failed)
        failed = allocate(net, threads, &stride, error);
    if (failed)
        return failed;
    net->context.weights = weights_path ? net->file.weights : net->model->weights;
    if (threads > 1) {
        net->context.pool = cnn_pool_new(threads, net->context.scratch, stride, error);
        if (!net->context.pool)
            return CNN_ERROR_THREADS;
    }
    return CNN_OK;
}

struct cnn_net *cnn_open(const struct cnn_model *model, const char *weights_path, int threads, struct cnn_error *error)
{
    struct cnn_net *net;
    if (error) {
        error->code = CNN_OK;
        error->message[0] = 0;
    }
    if (check_model(model, weights_path, threads, error))
        return NULL;
#ifdef CNN_NO_THREADS
    threads = 1;
#endif
    net = (struct cnn_net *)calloc(1, sizeof *net);
    if (!net) {
        cnn_fail(error, CNN_ERROR_MEMORY, "%.60s: no memory", model->name);
        return NULL;
    }
    net->model = model;
    if (prepare(net, weights_path, threads, error)) {
        cnn_close(net);
        return NULL;
    }
    return net;
}

void cnn_close(struct cnn_net *net)
{
    if (!net)
        return;
    cnn_pool_free(net->context.pool);
    cnn_file_close(&net->file);
    free(net->memory);
    free(net);
}

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

int cnn_verify_weights(struct cnn_net *net, struct cnn_error *error)
{
    if (!net)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_verify_weights: the network is NULL");
    if (error) {
        error->code = CNN_OK;
        error->message[0] = 0;
    }
    return net->file.map ? cnn_file_verify(&net->file, net->model->name, error) : CNN_OK;
}
