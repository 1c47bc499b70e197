m4_dnl A quotient by a power of two, as TensorFlow Lite rounds it.
/* x / 2^bits, rounded to nearest, halves away from zero. */
static inline int32_t @function@(int32_t x, int bits)
{
    const int32_t mask = (int32_t)((UINT32_C(1) << bits) - 1);
    return (x >> bits) + ((x & mask) > (mask >> 1) + (x < 0));
}
