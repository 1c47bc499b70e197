/* What the runtime's own files share; not for applications. */
#ifndef CNN_INTERNAL_H
#define CNN_INTERNAL_H

#include "cnn.h"

/* Threads need POSIX and the __atomic operations of gcc and clang; without them a call runs on its caller alone. */
#if !defined(CNN_NO_THREADS) && !defined(__GNUC__)
#define CNN_NO_THREADS
#endif

enum { CNN_ALIGNMENT = 64, CNN_MAX_THREADS = 256 };

/* Fills in the error, unless it is NULL, and returns its code. */
int cnn_fail(struct cnn_error *error, int code, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Threads that share work: the caller and `threads` - 1 workers. Thread t uses the bytes from
 * scratch + t*stride. One caller at a time. NULL: *error says why. */
struct cnn_pool *cnn_pool_new(int threads, void *scratch, size_t stride, struct cnn_error *error);
void cnn_pool_free(struct cnn_pool *pool);

/* The weights of a .cnnw file, mapped. */
struct cnn_file {
    void *map; /* NULL: none */
    size_t map_bytes;
    const void *weights;
    uint64_t weight_bytes, checksum;
};
int cnn_file_open(struct cnn_file *file, const struct cnn_model *model, const char *path, struct cnn_error *error);
int cnn_file_verify(const struct cnn_file *file, const char *name, struct cnn_error *error);
void cnn_file_close(struct cnn_file *file);

#endif
