m4_dnl A factor that is no integer: a multiplier and a shift. PRODUCT and DIVIDE are the functions of product.m4 and
m4_dnl divide.m4; TensorFlow Lite rounds twice, and so does this.
/* x * multiplier * 2^(shift - 31) */
static inline int32_t @function@(int32_t x, int32_t multiplier, int32_t shift)
{
    const int left = shift > 0 ? (int)shift : 0, right = shift > 0 ? 0 : -(int)shift;
    return DIVIDE[<>](PRODUCT[<>]((int32_t)((uint32_t)x << left), multiplier), right);
}
