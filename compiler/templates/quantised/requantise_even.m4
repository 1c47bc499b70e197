m4_dnl How sums become results as ONNX has it: by a product of floats. No product meets a sum here that a compiler could
m4_dnl make one operation of both: every machine computes the same. `multiplier' holds the bits of a float.
/* sum * multiplier + zero, from low to high; halves go to the even integer */
static inline signed char @function@(int32_t sum, int32_t multiplier, int32_t shift, int zero, int low, int high)
{
    const union {
        int32_t bits;
        float number;
    } factor = {multiplier};
    union {
        float number;
        int32_t bits;
    } x = {(float)sum * factor.number};
    const float least = (float)(low - zero), most = (float)(high - zero);
    (void)shift;
    x.number = x.number > least ? (x.number < most ? x.number : most) : least;
    x.number += 12582912.0f; /* 3 * 2^22, where neighbours are 1 apart */
    return (signed char)(x.bits - 0x4B400000 + zero);
}
