/* Internal to weights/: a weight file as a list of stored tensors, whatever its format, and how their
 * numbers are read. Every byte of a file is untrusted: the tensors that the readers list have been
 * checked against the file's size. bind.c decides which tensor belongs to which layer. */
#ifndef CNNC_WEIGHTS_STORE_H
#define CNNC_WEIGHTS_STORE_H

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
    uint64_t offset; /* of the numbers in the file, or in the unpacked entry of a .npz */
    uint64_t entry;  /* .npz: which entry */
};

struct store {
    struct arena *arena;
    const char *path;
    struct mapping mapping;
    struct VEC(struct stored) tensors; /* in the file's order */
    void *zip;                         /* libzip's archive, or NULL */
    bool single;                       /* a .npy: a single array without a name */
};

/* Recognises the format by the first bytes. NULL: *error says what is wrong, *help (may be NULL) what to do. */
struct store *store_open(struct arena *arena, const char *path, const char **error, const char **help);
/* The same for a file that is already mapped; it is unmapped with the store. */
struct store *store_of(struct arena *arena, const char *path, struct mapping mapping, const char **error,
                       const char **help);
void store_close(struct store *store);
/* stored->count floats in C order; false if they cannot be read (*error). The type is not OTHER. */
bool store_read(const struct store *store, const struct stored *stored, float *values, const char **error);

/* The readers fill in store->tensors; false after setting *error. */
bool safetensors_list(struct store *store, const char **error);
bool npy_list(struct store *store, const char **error);
bool npz_list(struct store *store, const char **error);
void npz_close(struct store *store);

/* Reads the header of an array in .npy format, of which `length` of `total` bytes are available. Fills
 * in all but the name; false after setting *error. */
bool npy_header(struct arena *arena, const unsigned char *bytes, size_t length, uint64_t total, struct stored *stored,
                const char **error);
enum { NPY_MAX_HEADER = LIMIT_NPY_HEADER + 12 };

/* Raw numbers in the order of the file. */
typedef bool store_source(void *state, unsigned char *bytes, size_t length);
bool npz_read(const struct store *store, const struct stored *stored, float *values, const char **error);
/* Reads the numbers from `source`, converts them and puts them into C order. */
bool numbers_read(const struct stored *stored, store_source *source, void *state, float *values);
size_t number_size(enum number_type type);

/* "[6, 1, 5, 5]" */
const char *dims_text(struct arena *arena, const int64_t *dims, int rank);
/* A name for a message, cut if it is very long. */
const char *name_text(struct arena *arena, const char *name);
bool dims_product(const int64_t *dims, int rank, int64_t *count);

#endif
