/* Inside weights/: the tensors of a weight file. Every byte of a file is untrusted: what is listed here has been
 * checked against the file's size. */
#ifndef CNNC_WEIGHTS_STORED_H
#define CNNC_WEIGHTS_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/files.h"
#include "base/limits.h"

enum number_type { NUMBER_OTHER, NUMBER_F16, NUMBER_BF16, NUMBER_F32, NUMBER_F64 };

struct stored {
    const char *name;
    enum number_type type;
    const char *type_text; /* as the file writes it, for messages */
    bool big_endian, fortran;
    int rank;
    int64_t dims[LIMIT_STORED_AXES];
    int64_t count;
    uint64_t offset; /* of the numbers: in the file, or in the unpacked entry of a .npz */
    uint64_t entry;  /* .npz: which entry */
};

struct store {
    struct arena *arena;
    const char *path;
    struct mapping mapping;
    struct VEC(struct stored) tensors; /* in the file's order */
    void *zip;                         /* libzip's archive, or NULL */
    bool single;                       /* a .npy: one array without a name of its own */
};

/* Is the tensor's shape equal to this one, axes of size 1 aside? */
bool stored_fits(const struct stored *stored, const int64_t *dims, int rank);

/* Is it one of those that make a network a quantised one: integers, scales, zero points? */
bool stored_is_quantised(const struct stored *stored);

/* "[6, 1, 5, 5]" */
const char *dims_text(struct arena *arena, const int64_t *dims, int rank);
/* A name for a message: very long ones are cut. */
const char *name_text(struct arena *arena, const char *name);
bool dims_product(const int64_t *dims, int rank, int64_t *count);

#endif
