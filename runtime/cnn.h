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

#define CNN_VERSION "0.1.0"

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

/* Where the memory of a network comes from. `allocate` gives memory aligned as malloc's, or NULL if there is none;
 * `release` takes back what it gave, never NULL. cnn_reload calls them on its thread, maybe while a call does: they
 * must allow that. Threads' stacks and mapped files come from the system. */
struct cnn_memory {
    void *(*allocate)(void *self, size_t bytes);
    void (*release)(void *self, void *memory);
    void *self;
};

/* How to open a network; what is zero is left to the runtime. */
struct cnn_settings {
    const char *weights_path; /* a .cnnw file; or */
    const void *weights;      /* the bytes of one in memory; neither: the embedded weights */
    size_t weights_bytes;
    int threads;                     /* 0 means 1 */
    const struct cnn_memory *memory; /* NULL: malloc and free */
};

/* What an open network is: what it computes (the plan's hash: layers and the layout of the weights) and with which
 * weights, whose hash is the checksum of a .cnnw file with the same bytes. */
struct cnn_identity {
    const char *name;
    const char *version;   /* of this runtime: CNN_VERSION */
    uint64_t plan_hash;    /* cnn_model.plan_hash */
    uint64_t weights_hash; /* 0 if the network has no weights */
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
/* How many images a call takes, one behind the other in each input, and results it gives: the N of --batch=N, or 1. */
int cnn_batch(const struct cnn_net *net);
/* Compares the weights with the file's checksum; 0 if it matches. Like a call: not while another one runs. */
int cnn_verify_weights(struct cnn_net *net, struct cnn_error *error);

/* The same as cnn_open with the bytes of a .cnnw file, wherever they come from. If they begin at a multiple of 64
 * they are used where they are, and must stay there unchanged while the network is open; otherwise they are copied. */
struct cnn_net *cnn_open_memory(const struct cnn_model *model, const void *weights, size_t weights_bytes, int threads,
                                struct cnn_error *error);
/* And with all settings. The settings are copied; what they point to is used as with the other two. */
struct cnn_net *cnn_open_with(const struct cnn_model *model, const struct cnn_settings *settings,
                              struct cnn_error *error);

/* Other weights for an open network, from any thread, also while a call runs: that one ends with the weights it began
 * with, and the next one has the new ones, all of them. They are checked as by cnn_open; if they are wrong the network
 * keeps those it has, and the reason is returned (0: done). The earlier weights are given up when the next call begins:
 * until then memory has both, and the bytes handed to cnn_open_memory or cnn_reload_memory must stay. weights_path
 * NULL: the embedded weights. A file that is open must not change: write another one and rename it. */
int cnn_reload(struct cnn_net *net, const char *weights_path, struct cnn_error *error);
int cnn_reload_memory(struct cnn_net *net, const void *weights, size_t weights_bytes, struct cnn_error *error);
/* Like a call: not while another one runs. */
void cnn_identify(struct cnn_net *net, struct cnn_identity *identity);

#ifdef __cplusplus
}
#endif

#endif
