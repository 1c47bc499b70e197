m4_dnl How sums become results: the one place where it is done. RESCALE is the function of rescale.m4.
/* sum * multiplier * 2^(shift - 31) + zero, from low to high */
static inline signed char @function@(int32_t sum, int32_t multiplier, int32_t shift, int zero, int low, int high)
{
    const int32_t x = RESCALE[<>](sum, multiplier, shift);
    return (signed char)(x < low - zero ? low : x > high - zero ? high : x + zero);
}
