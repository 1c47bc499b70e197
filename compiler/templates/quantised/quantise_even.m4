m4_dnl How floats become integers as ONNX has it.
/* The integer from -128 to 127 that is nearest to x/scale + zero; halves go to the even one, NaN becomes -128. */
static inline signed char @function@(float x, float scale, int zero)
{
    const float least = (float)(-128 - zero), most = (float)(127 - zero), steps = x / scale;
    union {
        float number;
        int32_t bits;
    } y = {steps > least ? (steps < most ? steps : most) : least};
    y.number += 12582912.0f; /* 3 * 2^22, where neighbours are 1 apart */
    return (signed char)(y.bits - 0x4B400000 + zero);
}
