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
static double half_number(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double size = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
                  : exponent == 0 ? ldexp(fraction, -24)
                                  : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
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
    case ELEMENT_F16: memcpy(&half, bytes, sizeof half); return half_number(half);
    case ELEMENT_F32:
    case ELEMENT_COUNT: break;
    }
    memcpy(&single, bytes, sizeof single);
    return (double)single;
}
