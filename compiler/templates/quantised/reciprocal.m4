m4_dnl The reciprocal of a softmax's sum, by Newton's method in fixed point as gemmlowp has it: the same integers.
m4_dnl PRODUCT is the function of product.m4.
/* With sum = (1 + x) * 2^(31 - n), 0 <= x < 1: 1/(1 + x) with 31 bits behind the point; *bits is 12 - n. */
static inline int32_t @function@(int32_t sum, int *bits)
{
    uint32_t whole = (uint32_t)sum;
    int n = 0;
    for (; !(whole >> 31); whole <<= 1)
        n++;
    *bits = 12 - n;
    const int32_t half = (int32_t)(((int64_t)(whole - (UINT32_C(1) << 31)) + INT32_MAX + 1) / 2); /* of 1 + x */
    int32_t y = 1515870810 + PRODUCT[<>](half, -1010580540); /* 48/17 - 32/17*half, 29 bits behind the point */
    for (int i = 0; i < 3; i++)
        y += PRODUCT[<>](y, (1 << 29) - PRODUCT[<>](half, y)) * 4;
    return y >= 1 << 30 ? INT32_MAX : y * 2;
}
