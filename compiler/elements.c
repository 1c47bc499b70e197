/* The table of elements.def. */
#include "elements.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *word, *c_type;
    int64_t bytes;
} table[ELEMENT_COUNT] = {
#define ELEMENT(name, word, bytes, c_type) [ELEMENT_##name] = {word, c_type, bytes},
#include "elements.def"
#undef ELEMENT
};

int64_t element_bytes(enum element_type type)
{
    return table[type].bytes;
}

const char *element_word(enum element_type type)
{
    return table[type].word;
}

const char *element_c(enum element_type type)
{
    return table[type].c_type;
}

/* IEEE 754 binary16: one sign bit, five of the exponent, ten of the fraction. */
double element_of_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double size = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
                  : exponent == 0 ? ldexp(fraction, -24)
                                  : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
}

enum { FLOAT_INFINITY = 0x7F800000, HALF_BEYOND = 0x477FF000 /* 65520, from which on halves would be infinite */ };

static uint32_t size_bits(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits & UINT32_C(0x7FFFFFFF);
}

bool element_is_beyond_half(float number)
{
    return size_bits(number) >= HALF_BEYOND && size_bits(number) < FLOAT_INFINITY;
}

/* bits / 2^shift to the nearest whole number, of two the even one; shift is 1 to 31. */
static uint32_t shifted(uint32_t bits, uint32_t shift)
{
    const uint32_t whole = bits >> shift, rest = bits & ((UINT32_C(1) << shift) - 1),
                   middle = UINT32_C(1) << (shift - 1);
    return whole + (rest > middle || (rest == middle && (whole & 1)));
}

uint16_t element_half(float number)
{
    enum { LEAST_NORMAL = 0x38800000 /* 2^-14 */, LESS_BIAS = 0x38000000, FRACTION = 13 /* bits that halves lack */ };
    const uint32_t bits = size_bits(number), exponent = bits >> 23;
    uint32_t half;
    if (bits > FLOAT_INFINITY)
        half = 0x7E00; /* NaN */
    else if (bits == FLOAT_INFINITY)
        half = 0x7C00;
    else if (bits >= HALF_BEYOND)
        half = 0x7BFF;
    else if (bits >= LEAST_NORMAL)
        half = shifted(bits - LESS_BIAS, FRACTION);
    else if (exponent >= 102) /* a whole number of 2^-24, which may be 0 */
        half = shifted((bits & UINT32_C(0x7FFFFF)) | UINT32_C(0x800000), 126 - exponent);
    else
        half = 0;
    return (uint16_t)(half | (signbit(number) ? 0x8000U : 0));
}

double element_read(enum element_type type, const unsigned char *bytes)
{
    float single;
    int32_t whole;
    uint16_t half;
    switch (type) {
    case ELEMENT_U8: return *bytes;
    case ELEMENT_S8: return *(const signed char *)bytes;
    case ELEMENT_S32: memcpy(&whole, bytes, sizeof whole); return whole;
    case ELEMENT_F16: memcpy(&half, bytes, sizeof half); return element_of_half(half);
    case ELEMENT_F32:
    case ELEMENT_COUNT: break;
    }
    memcpy(&single, bytes, sizeof single);
    return (double)single;
}
