/* Numbers of arrays in files, of every size, in either order of bytes. */
#include <string.h>

#include "data.h"

int cnn_number_bytes(enum number number)
{
    static const int bytes[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return bytes[number];
}

static uint64_t bits_at(const unsigned char *bytes, enum number number, int big)
{
    unsigned char turned[8];
    const int size = cnn_number_bytes(number);
    if (!big)
        return cnn_little(bytes, size);
    for (int i = 0; i < size; i++)
        turned[i] = bytes[size - 1 - i];
    return cnn_little(turned, size);
}

int64_t cnn_number_integer(const unsigned char *bytes, enum number number, int big)
{
    const uint64_t bits = bits_at(bytes, number, big);
    switch (number) {
    case NUMBER_I1: return (int8_t)bits;
    case NUMBER_I2: return (int16_t)bits;
    case NUMBER_I4: return (int32_t)bits;
    case NUMBER_I8: return (int64_t)bits;
    default: return bits > INT64_MAX ? -1 : (int64_t)bits;
    }
}

double cnn_number_real(const unsigned char *bytes, enum number number, int big)
{
    const uint64_t bits = bits_at(bytes, number, big);
    const uint32_t low = (uint32_t)bits;
    float single;
    double real;
    if (number == NUMBER_F4) {
        memcpy(&single, &low, sizeof single);
        return (double)single;
    }
    if (number == NUMBER_F8) {
        memcpy(&real, &bits, sizeof real);
        return real;
    }
    return (double)cnn_number_integer(bytes, number, big);
}
