/* Stored numbers as floats: half, bfloat16, single and double precision, either byte order, C or
 * Fortran order. Conversions are by bits, so that every machine gets the same. */
#include "weights/numbers.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 }; /* numbers at a time */

static size_t number_size(enum number_type type)
{
    switch (type) {
    case NUMBER_F16:
    case NUMBER_BF16: return 2;
    case NUMBER_F32: return 4;
    case NUMBER_F64: return 8;
    default: return 0;
    }
}

static uint64_t load(const unsigned char *p, size_t size, bool big_endian)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t)p[i] << (8 * (big_endian ? size - 1 - i : i));
    return bits;
}

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float float_of_half(uint32_t half)
{
    uint32_t sign = (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 31) /* infinity, NaN */
        return float_of_bits(sign | 0x7F800000 | fraction << 13);
    if (exponent > 0)
        return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
    float small = (float)fraction * 0x1p-24f; /* exact: subnormal halves are normal floats */
    return sign ? -small : small;
}

static float float_of_double_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

static float convert(uint64_t bits, enum number_type type)
{
    switch (type) {
    case NUMBER_F16: return float_of_half((uint32_t)bits);
    case NUMBER_BF16: return float_of_bits((uint32_t)bits << 16);
    case NUMBER_F64: return float_of_double_bits(bits);
    default: return float_of_bits((uint32_t)bits);
    }
}

/* `size` and `type` are constants at each call, so that the compiler turns the bytes into loads. */
static inline void convert_chunk(const unsigned char *bytes, size_t count, size_t size, enum number_type type,
                                 bool big_endian, float *values)
{
    for (size_t i = 0; i < count; i++)
        values[i] = convert(load(bytes + i * size, size, big_endian), type);
}

static void convert_numbers(const struct stored *stored, const unsigned char *bytes, size_t count, float *values)
{
    if (stored->type == NUMBER_F32 && !stored->big_endian)
        convert_chunk(bytes, count, 4, NUMBER_F32, false, values);
    else if (stored->type == NUMBER_F16 && !stored->big_endian)
        convert_chunk(bytes, count, 2, NUMBER_F16, false, values);
    else if (stored->type == NUMBER_BF16)
        convert_chunk(bytes, count, 2, NUMBER_BF16, false, values);
    else
        convert_chunk(bytes, count, number_size(stored->type), stored->type, stored->big_endian, values);
}

static bool read_in_order(const struct stored *stored, number_source *source, void *state, float *values)
{
    unsigned char bytes[CHUNK * 8];
    size_t size = number_size(stored->type);
    for (int64_t done = 0; done < stored->count;) {
        int64_t left = stored->count - done;
        size_t some = left < CHUNK ? (size_t)left : CHUNK;
        if (!source(state, bytes, some * size))
            return false;
        convert_numbers(stored, bytes, some, values + done);
        done += (int64_t)some;
    }
    return true;
}

/* from[] holds the array with its first axis running fastest; to[] gets it with the last one fastest. */
static void reorder(const struct stored *stored, const float *from, float *to)
{
    int64_t index[LIMIT_STORED_AXES] = {0};
    for (int64_t i = 0; i < stored->count; i++) {
        int64_t place = 0;
        for (int axis = 0; axis < stored->rank; axis++)
            place = place * stored->dims[axis] + index[axis];
        to[place] = from[i];
        for (int axis = 0; axis < stored->rank && ++index[axis] == stored->dims[axis]; axis++)
            index[axis] = 0;
    }
}

bool numbers_read(const struct stored *stored, number_source *source, void *state, float *values)
{
    if (!stored->fortran || stored->rank < 2)
        return read_in_order(stored, source, state, values);
    float *from = heap_array((size_t)stored->count, sizeof *from);
    bool ok = read_in_order(stored, source, state, from);
    if (ok)
        reorder(stored, from, values);
    free(from);
    return ok;
}
