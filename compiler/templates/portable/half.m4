m4_dnl The number that the bits of a half float (IEEE 754 binary16) mean: exact, whatever it is, and without a branch,
m4_dnl so that compilers find vectors.
/* The value of a half float: its bits in the places of a float's mean 2^-112 of it. */
static float @function@(uint16_t half)
{
    union {
        uint32_t bits;
        float value;
    } number;
    number.bits = (half & 0x7fffu) << 13;
    number.value *= 5.192296858534828e33f;
    number.bits |= (half & 0x8000u) << 16 | ((half & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u); /* infinite, or NaN */
    return number.value;
}
