m4_dnl The number that the bits of a half float (IEEE 754 binary16) mean: exact, whatever it is.
/* The value of a half float. */
static float @function@(uint16_t half)
{
    union {
        uint32_t bits;
        float value;
    } number;
    const uint32_t size = half & 0x7fffu;
    if (size < 0x0400u) { /* a whole number of 2^-24 */
        number.value = (float)size * 5.9604644775390625e-8f;
        number.bits |= (half & 0x8000u) << 16;
    } else {
        const uint32_t exponent = size < 0x7c00u ? 0x38000000u : 0x70000000u; /* infinite and NaN */
        number.bits = (half & 0x8000u) << 16 | ((size << 13) + exponent);
    }
    return number.value;
}
