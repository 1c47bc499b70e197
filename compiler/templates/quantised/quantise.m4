m4_dnl How floats become integers.
/* The integer from -128 to 127 that is nearest to x/scale + zero; halves go away from zero, NaN becomes -128. */
static inline signed char @function@(float x, float scale, int zero)
{
    const float y = roundf(x / scale) + (float)zero;
    return (signed char)(y > -128.0f ? (y < 127.0f ? y : 127.0f) : -128.0f);
}
