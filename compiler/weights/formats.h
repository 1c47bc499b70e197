/* Inside weights/: the formats of weight files, npy.c, npz.c and safetensors.c. */
#ifndef CNNC_WEIGHTS_FORMATS_H
#define CNNC_WEIGHTS_FORMATS_H

#include "weights/stored.h"

/* Fill store->tensors in; false after setting *error. */
bool safetensors_list(struct store *store, const char **error);
bool npy_list(struct store *store, const char **error);
bool npz_list(struct store *store, const char **error);

bool npz_read(const struct store *store, const struct stored *stored, float *values, const char **error);
void npz_close(struct store *store);

/* Reads the header of an array in .npy format; `length` bytes are at hand, of `total` that it has in
 * all. Fills all but the name in; false after setting *error. */
bool npy_header(struct arena *arena, const unsigned char *bytes, size_t length, uint64_t total, struct stored *stored,
                const char **error);
enum { NPY_MAX_HEADER = LIMIT_NPY_HEADER + 12 };

#endif
