/* What the runtime's own files share; not for applications. */
#ifndef CNN_INTERNAL_H
#define CNN_INTERNAL_H

#include "cnn.h"

/* Threads need POSIX and the __atomic operations of gcc and clang; without them a call runs on its caller alone. */
#if !defined(CNN_NO_THREADS) && !defined(__GNUC__)
#define CNN_NO_THREADS
#endif

enum { CNN_ALIGNMENT = 64, CNN_MAX_THREADS = 256 };

/* cnn_model.abi: the version in the lower half; in the upper one, images of a call beyond the first (--batch). */
enum { CNN_ABI_VERSION = 0xffff, CNN_ABI_IMAGES = 16 /* bits below */ };

/* Fills in the error, unless it is NULL, and returns its code. */
int cnn_fail(struct cnn_error *error, int code, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Threads that share work: the caller and `threads` - 1 workers. Thread t uses the bytes from
 * scratch + t*stride. One caller at a time. NULL: *error says why. */
struct cnn_pool *cnn_pool_new(int threads, void *scratch, size_t stride, struct cnn_error *error);
struct cnn_pool *cnn_pool_new_in(const struct cnn_memory *memory, int threads, void *scratch, size_t stride,
                                 struct cnn_error *error);
void cnn_pool_free(struct cnn_pool *pool);

/* Memory from the caller, or from malloc if `memory` has no functions. Releasing NULL does nothing. */
void *cnn_allocate(const struct cnn_memory *memory, size_t bytes);
void cnn_release(const struct cnn_memory *memory, void *block);

/* Weights in use: those of a .cnnw file, mapped or in memory, or the embedded ones. */
struct cnn_weights {
    const void *data; /* aligned; NULL: there are none */
    uint64_t bytes, checksum;
    int embedded; /* without a checksum */
    void *map;    /* NULL: none */
    size_t map_bytes;
    void *copy; /* of bytes that were not aligned; NULL: none */
};
/* From settings->weights_path, settings->weights, or the code itself; what fails has left nothing behind. */
int cnn_weights_open(struct cnn_weights *weights, const struct cnn_model *model, const struct cnn_settings *settings,
                     const struct cnn_memory *memory, struct cnn_error *error);
int cnn_weights_verify(const struct cnn_weights *weights, const char *name, struct cnn_error *error);
void cnn_weights_close(struct cnn_weights *weights, const struct cnn_memory *memory);

struct cnn_net {
    const struct cnn_model *model;
    struct cnn_context context;
    struct cnn_memory memory;
    struct cnn_weights *weights; /* of the call that runs, and of the next one unless `next` is there */
    struct cnn_weights *next;    /* put here by any thread, taken by the next call; NULL: none */
    void *block;                 /* the arena, then each thread's scratch */
    int calls;                   /* calls in progress, in a debug build: at most one */
};

/* Takes the weights that wait. Only for the thread that calls the network. */
void cnn_adopt(struct cnn_net *net);

/* What one thread hands to another; without the __atomic operations there is only one thread. */
static inline int cnn_waits(struct cnn_weights *const *place)
{
#ifdef __GNUC__
    return __atomic_load_n(place, __ATOMIC_RELAXED) != NULL;
#else
    return *place != NULL;
#endif
}

static inline struct cnn_weights *cnn_exchange(struct cnn_weights **place, struct cnn_weights *weights)
{
#ifdef __GNUC__
    return __atomic_exchange_n(place, weights, __ATOMIC_ACQ_REL);
#else
    struct cnn_weights *before = *place;
    *place = weights;
    return before;
#endif
}

#endif
