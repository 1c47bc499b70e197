/* FlatBuffers, read without trust: tables, vectors and strings in a file of which any byte may be wrong. Whatever
 * points outside the file is remembered as the first error, and reads as absent; so callers read on, and ask once.
 *
 * A table begins with the distance back to its vtable: u16 bytes of the vtable, u16 bytes of the table, and a u16 for
 * each field, its offset in the table or 0. References are u32 distances forward; vectors begin with their count. */
#ifndef CNNC_TFLITE_FLATBUFFER_H
#define CNNC_TFLITE_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct flat {
    struct arena *arena;
    const unsigned char *bytes;
    size_t length;
    const char *error; /* the first one, or NULL */
};

struct flat_table {
    size_t at, vtable; /* 0: absent (at 0 there is the root's reference) */
    size_t vtable_size, size;
};

struct flat_vector {
    size_t at; /* of the first element; 0: absent */
    size_t count;
};

/* The table that the file begins with. */
struct flat_table flat_root(struct flat *flat);
bool flat_has(const struct flat *flat, struct flat_table table, int field);
/* A number of 1, 2, 4 or 8 bytes; the default where the field is absent. */
int64_t flat_signed(struct flat *flat, struct flat_table table, int field, int width, int64_t fallback);
uint64_t flat_unsigned(struct flat *flat, struct flat_table table, int field, int width, uint64_t fallback);
float flat_float(struct flat *flat, struct flat_table table, int field, float fallback);
/* What a field refers to. */
struct flat_table flat_table(struct flat *flat, struct flat_table table, int field);
struct flat_vector flat_vector(struct flat *flat, struct flat_table table, int field, int width);
const char *flat_string(struct flat *flat, struct flat_table table, int field, size_t longest); /* "" if absent */
/* Elements of a vector whose index is below its count. */
struct flat_table flat_table_at(struct flat *flat, struct flat_vector vector, size_t i);
int64_t flat_signed_at(const struct flat *flat, struct flat_vector vector, int width, size_t i);
float flat_float_at(const struct flat *flat, struct flat_vector vector, size_t i);

#endif
