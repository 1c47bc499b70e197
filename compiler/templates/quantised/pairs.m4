m4_dnl What kernels of integers use of one instruction set: vectors of 16 and 32 bits, and the sum of two neighbouring
m4_dnl products, which no GNU vector says. BYTES of a vector; WIDE: there are products of 64 bits, too.
m4_define([<P>], [<@function@_[<>]ISA>])m4_dnl
typedef short P[<>]_s16 __attribute__((vector_size(BYTES), aligned(2), may_alias));
typedef int P[<>]_s32 __attribute__((vector_size(BYTES), aligned(4), may_alias));
/* Of each pair of numbers of x and the same of y the sum of both products. */
#define P[<>]_dot(x, y) ((P[<>]_s32)IF(BYTES == 32, __builtin_ia32_pmaddwd256, __builtin_ia32_pmaddwd128)(x, y))
/* A pair of numbers in all places. */
#define P[<>]_all(pair) ((P[<>]_s16)((P[<>]_s32){0} + (pair)))
WHEN(WIDE, [<
    typedef long long P[<>]_s64 __attribute__((vector_size(BYTES)));
    typedef unsigned long long P[<>]_u64 __attribute__((vector_size(BYTES)));
    typedef signed char P[<>]_s8 __attribute__((vector_size(m4_eval(BYTES / 4)), aligned(1), may_alias));
    /* Several sums at once: what the function for one does (see above). */
    static inline TARGET void P[<>]_requantise(const int32_t *sums, int32_t multiplier, int32_t shift, int zero,
                                               int low, int high, signed char *to)
    {
        const int left = shift > 0 ? (int)shift : 0, right = shift > 0 ? 0 : -(int)shift;
        const int mask = (int)((UINT32_C(1) << right) - 1);
        const P[<>]_s32 x = *(const P[<>]_s32 *)sums << left, factors = (P[<>]_s32){0} + multiplier;
        const P[<>]_s64 half = (P[<>]_s64){0} + (1 << 30);
        const P[<>]_s64 evens = (P[<>]_s64)__builtin_ia32_pmuldq256(x, factors);
        const P[<>]_s64 odds = (P[<>]_s64)__builtin_ia32_pmuldq256((P[<>]_s32)((P[<>]_u64)x >> 32), factors);
        const P[<>]_u64 lower = (P[<>]_u64){0} + 0xffffffffu;
        const P[<>]_s32 product = (P[<>]_s32)(((P[<>]_u64)(evens + half) >> 31 & lower) |
                                              ((P[<>]_u64)(odds + half) << 1 & ~lower));
        const P[<>]_s32 up = (product & mask) > ((P[<>]_s32){0} + (mask >> 1)) - (product < 0);
        P[<>]_s32 y = (product >> right) - up;
        const P[<>]_s32 least = (P[<>]_s32){0} + (low - zero), most = (P[<>]_s32){0} + (high - zero);
        const P[<>]_s32 below = y < least, above = y > most;
        y = (((y & ~below) | (least & below)) & ~above) | (most & above);
        *(P[<>]_s8 *)to = __builtin_convertvector(y + zero, P[<>]_s8);
    }
>])
