m4_dnl The product of two numbers with 31 bits behind the point.
/* a * b / 2^31, rounded to nearest. */
static inline int32_t @function@(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}
