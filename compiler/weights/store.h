/* Inside weights/: a weight file is opened, whatever its format, and the numbers of one tensor are read. Which tensor
 * belongs to which layer is bind.c's business. */
#ifndef CNNC_WEIGHTS_STORE_H
#define CNNC_WEIGHTS_STORE_H

#include "weights/stored.h"

/* Recognises the format by the first bytes. NULL: *error says what is wrong, *help (may be NULL) what to do. */
struct store *store_open(struct arena *arena, const char *path, const char **error, const char **help);
/* The same for a file that is already mapped; it is unmapped with the store. */
struct store *store_of(struct arena *arena, const char *path, struct mapping mapping, const char **error,
                       const char **help);
void store_close(struct store *store);
/* stored->count floats in C order; false if they cannot be read (*error). The type is not OTHER. */
bool store_read(const struct store *store, const struct stored *stored, float *values, const char **error);
/* What a quantised network has, exactly: those of type I8, I32 and F32 of a .safetensors file. */
bool store_read_exactly(const struct store *store, const struct stored *stored, double *values);

#endif
