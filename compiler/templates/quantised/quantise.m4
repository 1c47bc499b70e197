m4_dnl How floats become integers, without branches or calls, so that compilers can do several at once.
/* The integer from -128 to 127 that is nearest to x/scale + zero; halves go away from zero, NaN becomes -128. Adding
 * the number before a half and cutting off is to round; beyond 512 all is -128 or 127. */
static inline signed char @function@(float x, float scale, int zero)
{
    const float y = x / scale, most = y < 512.0f ? y : 512.0f, z = y > -512.0f ? most : -512.0f;
    const int rounded = (int)(z + (z < 0.0f ? -0.49999997f : 0.49999997f)) + zero;
    const int low = rounded > -128 ? rounded : -128;
    return (signed char)(low < 127 ? low : 127);
}
