/* cnn: the runtime for networks compiled by cnnc. C99, libc and libm only.
 *
 *     struct cnn_error error;
 *     struct cnn_net *net = cnn_open(&lenet5_model, NULL, 1, &error);
 *     if (!net) { fprintf(stderr, "%s\n", error.message); return 1; }
 *     cnn_run(net, image, scores);
 *     cnn_close(net);
 *
 * Bare metal needs none of this: fill a struct cnn_context and call lenet5_run. */
#ifndef CNN_H
#define CNN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI between generated code and its callers. Generated headers carry the same text under the
 * same guard, so that they can be used without this file. */
#ifndef CNN_ABI
#define CNN_ABI 2

struct cnn_pool; /* threads that share the work of one call; NULL: the caller alone */

struct cnn_context {
    const void *weights; /* 64-byte aligned; NULL: the embedded ones */
    void *arena;         /* NAME_ARENA_BYTES, 64-byte aligned, one per concurrent call */
    void *scratch;       /* NAME_SCRATCH_BYTES per thread, 64-byte aligned */
    struct cnn_pool *pool;
};

struct cnn_tensor {
    const char *name;
    int32_t height, width, channels;
    int32_t layout; /* 0: chw, 1: hwc */
    int32_t type;   /* 0: float, 1: unsigned char, 2: signed char, 3: int32_t */
    float scale;    /* of types 2 and 3, which mean scale*(number - zero_point); else 0 */
    int32_t zero_point;
};

struct cnn_layer {
    const char *name; /* full name; a fused group carries the name of its last layer */
    const char *kind;
    int32_t height, width, channels; /* of its result */
    int64_t macs;
};

struct cnn_model {
    uint32_t abi; /* CNN_ABI */
    const char *name;
    uint64_t plan_hash; /* of the weights' layout: a .cnnw fits if it carries the same */
    uint64_t weight_bytes, arena_bytes, scratch_bytes;
    const void *weights; /* embedded, or NULL */
    const struct cnn_tensor *inputs, *outputs;
    const struct cnn_layer *layers;
    int32_t input_count, output_count, layer_count;
    void (*run)(const struct cnn_context *context, const void *const inputs[], void *const outputs[]);
};

/* How generated code shares work: calls task(argument, index, count, scratch) for index 0..count-1,
 * each on some thread with that thread's scratch, and returns when all are done. */
typedef void cnn_task(void *argument, int index, int count, void *scratch);
struct cnn_pool {
    void (*run)(struct cnn_pool *pool, cnn_task *task, void *argument, int count);
    int threads;
};
#endif

struct cnn_error {
    int code; /* one of enum cnn_code */
    char message[256];
};

enum cnn_code {
    CNN_OK,
    CNN_ERROR_ARGUMENT,
    CNN_ERROR_MEMORY,
    CNN_ERROR_FILE,
    CNN_ERROR_FORMAT,
    CNN_ERROR_VERSION,
    CNN_ERROR_MODEL,
    CNN_ERROR_CHECKSUM,
    CNN_ERROR_THREADS
};

/* An open network: its weights (mapped: the file must not change), its memory, its threads. One call at a time: a
 * second one stops a debug build. For concurrent calls open it once for each; the weights are still in memory only
 * once. A child of fork() does not inherit the threads: it must open the network itself. */
struct cnn_net;

/* weights_path NULL: the embedded weights. threads: how many share a call, 1 for the caller alone; the result does
 * not depend on it. Returns NULL on failure: *error says why (error may be NULL). */
struct cnn_net *cnn_open(const struct cnn_model *model, const char *weights_path, int threads, struct cnn_error *error);
/* For one input and one output of floats; cnn_run_many for any. Wrong pointers stop a debug build (assert). */
void cnn_run(struct cnn_net *net, const float *input, float *output);
void cnn_run_many(struct cnn_net *net, const void *const inputs[], void *const outputs[]);
void cnn_close(struct cnn_net *net);
/* Compares the weights with the file's checksum; 0 if it matches. */
int cnn_verify_weights(struct cnn_net *net, struct cnn_error *error);

#ifdef __cplusplus
}
#endif

#endif
