m4_dnl What kernels of integers use of one instruction set: vectors of BYTES, how numbers of 16 bits are multiplied and
m4_dnl summed up, and how sums become results. The arithmetic is that of rescale.m4 and requantise.m4, several numbers
m4_dnl at a time: every set gives the same bytes.
m4_dnl
m4_dnl PAIRS: x86 or wasm, where an instruction adds the products of two pairs; plain, where the compiler is told in
m4_dnl vectors of 32 bits. WIDE: the instruction set has 64-bit products of 32-bit numbers.
m4_define([<P>], [<@function@_[<>]ISA>])m4_dnl
m4_define([<LANES_32>], [<m4_eval(BYTES / 4)>])m4_dnl
m4_define([<BLOCK_VECTORS>], [<m4_eval(64 / BYTES)>])m4_dnl
m4_define([<INLINE>], [<static inline __attribute__((always_inline, unused)) TARGET>])m4_dnl
m4_define([<SUM_MACHINE>], [<IS(PAIRS, x86, __x86_64__, none)>])m4_dnl
m4_define([<SUM_REGISTER>], [<IS(ISA, avx512, v, x)>])m4_dnl
typedef short P[<>]_s16 __attribute__((vector_size(BYTES), aligned(2), may_alias));
typedef int P[<>]_s32 __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef unsigned P[<>]_u32 __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef signed char P[<>]_bytes __attribute__((vector_size(m4_eval(BYTES / 2)), aligned(1), may_alias));
typedef signed char P[<>]_few __attribute__((vector_size(LANES_32), aligned(1), may_alias));
/* A pair of numbers of 16 bits in all places; pairs of weights of 8 bits. */
#define P[<>]_all(pair) ((P[<>]_s16)((P[<>]_s32){0} + *(const P[<>]_pair *)(pair)))
IF(BYTES == 32, [<#if !defined __clang__
typedef char P[<>]_chars __attribute__((vector_size(16), aligned(1), may_alias));
#define P[<>]_weights(from) ((P[<>]_s16)__builtin_ia32_pmovsxbw256(*(const P[<>]_chars *)(from)))
#else
>])m4_dnl
#define P[<>]_weights(from) __builtin_convertvector(*(const P[<>]_bytes *)(from), P[<>]_s16)
IF(BYTES == 32, [<#endif
>])m4_dnl
/* As many numbers of 8 bits as fit as numbers of 32. */
IF(BYTES == 32, [<#if !defined __clang__
typedef long long P[<>]_half __attribute__((aligned(1), may_alias));
typedef char P[<>]_loaded __attribute__((vector_size(16)));
typedef long long P[<>]_two __attribute__((vector_size(16)));
#define P[<>]_wide(from) m4_dnl
((P[<>]_s32)__builtin_ia32_pmovsxbd256((P[<>]_loaded)(P[<>]_two){*(const P[<>]_half *)(from), 0}))
#else
>])m4_dnl
#define P[<>]_wide(from) __builtin_convertvector(*(const P[<>]_few *)(from), P[<>]_s32)
IF(BYTES == 32, [<#endif
>])m4_dnl
typedef float P[<>]_floats __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef int P[<>]_pair __attribute__((aligned(2), may_alias));

/* A sum that gcc takes as it is: it would add up products first, and keep the sums in memory meanwhile. */
#if !defined __clang__ && defined SUM_MACHINE
#define P[<>]_kept(x) \
    __extension__({ \
        P[<>]_s32 kept_ = (x); \
        __asm__ volatile("" : "[<+>]SUM_REGISTER"(kept_)); \
        kept_; \
    })
#else
#define P[<>]_kept(x) (x)
#endif
/* sum, and to each of its numbers the products of a pair of x with a pair of w; sums wrap around. */
#define P[<>]_plus(a, b) ((P[<>]_s32)((P[<>]_u32)(a) + (P[<>]_u32)(b)))
IS(PAIRS, x86, [<#define P[<>]_dot(sum, x, w) m4_dnl
P[<>]_kept(P[<>]_plus(sum, IF(BYTES == 32, __builtin_ia32_pmaddwd256, __builtin_ia32_pmaddwd128)(x, w)))
>], [<IS(PAIRS, wasm, [<#define P[<>]_dot(sum, x, w) P[<>]_plus(sum, __builtin_wasm_dot_s_i32x4_i16x8(x, w))
>], [<#define P[<>]_low(x) ((P[<>]_s32)((P[<>]_s32)(x) << 16) >> 16)
#define P[<>]_dot(sum, x, w) m4_dnl
P[<>]_plus(sum, P[<>]_plus(P[<>]_low(x) * P[<>]_low(w), ((P[<>]_s32)(x) >> 16) * ((P[<>]_s32)(w) >> 16)))
>])>])m4_dnl
/* Pairs of numbers of 16 bits, of 16 bytes from `a' and 16 from `b'. */
INLINE void P[<>]_pair_up(const signed char *a, const signed char *b, int *to)
{
IF(BYTES == 32, [<    typedef signed char sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    const sixteen x = *(const sixteen *)a, z = *(const sixteen *)b;
#if defined __clang__
    const sixteen low = __builtin_shufflevector(x, z, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const sixteen high = __builtin_shufflevector(x, z, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#else
    const sixteen low = __builtin_shuffle(x, z, (sixteen){0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23});
    const sixteen high = __builtin_shuffle(x, z, (sixteen){8, 24, 9, 25, 10, 26, 11, 27, m4_dnl
12, 28, 13, 29, 14, 30, 15, 31});
#endif
    *(P[<>]_s16 *)to = P[<>]_weights(&low);
    *(P[<>]_s16 *)(to + 8) = P[<>]_weights(&high);
>], [<    for (int i = 0; i < 16; i++)
        to[i] = (int)((unsigned)(unsigned short)a[i] | (unsigned)b[i] << 16);
>])m4_dnl
}

/* a * b / 2^31, rounded to nearest */
INLINE P[<>]_s32 P[<>]_product(P[<>]_s32 a, P[<>]_s32 b)
{
    IS(ISA, neon, [<P[<>]_s32 product;
    __asm__("sqrdmulh %0.4s, %1.4s, %2.4s" : "=w"(product) : "w"(a), "w"(b));
    return product;>], [<IF(WIDE, [<typedef long long s64 __attribute__((vector_size(BYTES)));
    typedef unsigned long long u64 __attribute__((vector_size(BYTES)));
    const s64 half = (s64){0} + (1 << 30);
    const s64 evens = (s64)__builtin_ia32_pmuldq256(a, b);
    const s64 odds = (s64)__builtin_ia32_pmuldq256((P[<>]_s32)((u64)a >> 32), (P[<>]_s32)((u64)b >> 32));
    const P[<>]_s32 even = (P[<>]_s32)((u64)(evens + half) >> 31), odd = (P[<>]_s32)((u64)(odds + half) << 1);
#if defined __clang__
    return __builtin_shufflevector(even, odd, 0, 9, 2, 11, 4, 13, 6, 15);
#else
    return __builtin_shuffle(even, odd, (P[<>]_s32){0, 9, 2, 11, 4, 13, 6, 15});
#endif
    >], [<m4_dnl
P[<>]_s32 product;
    for (int i = 0; i < LANES_32; i++)
        product[i] = (int)(((long long)a[i] * b[i] + (1 << 30)) >> 31);
    return product;>])>])
}

/* x * multiplier * 2^(left - right - 31): see the function for one number. */
INLINE P[<>]_s32 P[<>]_rescale(P[<>]_s32 x, P[<>]_s32 multiplier, P[<>]_s32 left, P[<>]_s32 right)
{
    const P[<>]_s32 product = P[<>]_product(x << left, multiplier);
    const P[<>]_s32 mask = ~(((P[<>]_s32){0} - 1) << right);
    return (product >> right) - ((product & mask) > (mask >> 1) - (product >> 31));
}

/* What ends the sums of some filters: see pack/integers.c. */
struct P[<>]_ends {
    P[<>]_s32 multiplier, left, right;
};
INLINE struct P[<>]_ends P[<>]_read(const int *ends)
{
    return (struct P[<>]_ends){*(const P[<>]_s32 *)(ends + 16), *(const P[<>]_s32 *)(ends + 32), m4_dnl
*(const P[<>]_s32 *)(ends + 48)};
}

INLINE P[<>]_s32 P[<>]_result(P[<>]_s32 sum, struct P[<>]_ends end)
{
    return P[<>]_rescale(sum, end.multiplier, end.left, end.right);
}

/* The same as ONNX has it, whose multipliers are floats: see requantise_even.m4. The result has its zero point. */
INLINE P[<>]_s32 P[<>]_even_result(P[<>]_s32 sum, struct P[<>]_ends end, int zero, int low, int high)
{
    const P[<>]_floats least = (P[<>]_floats){0} + (float)(low - zero), most = (P[<>]_floats){0} + (float)(high - zero);
    const P[<>]_floats x = __builtin_convertvector(sum, P[<>]_floats) * (P[<>]_floats)end.multiplier;
    const P[<>]_s32 above = (P[<>]_s32)(x > least);
    const P[<>]_floats y = (P[<>]_floats)(((P[<>]_s32)x & above) | ((P[<>]_s32)least & ~above));
    const P[<>]_s32 below = (P[<>]_s32)(y < most);
    const P[<>]_floats bounded = (P[<>]_floats)(((P[<>]_s32)y & below) | ((P[<>]_s32)most & ~below));
    return (P[<>]_s32)(bounded + 12582912.0f) - (0x4B400000 - zero);
}

IF(WIDE, [</* The same for sums that are known to be small: results have the zero point. Products of 64 bits meet
 * summands that round, and their upper halves are put together in another order: of each four numbers, the second and
 * the third change places. `below': results may be less than the zero point, and their halves go down. */
#define P[<>]_halves(a, b) ((P[<>]_s32)__builtin_ia32_shufps256((P[<>]_eight)(a), (P[<>]_eight)(b), 0xDD))
#if defined __clang__
#define P[<>]_ordered(a) __builtin_shufflevector(a, a, 0, 2, 1, 3, 4, 6, 5, 7)
#else
#define P[<>]_ordered(a) __builtin_shuffle(a, (P[<>]_s32){0, 2, 1, 3, 4, 6, 5, 7})
#endif
typedef float P[<>]_eight __attribute__((vector_size(BYTES)));
typedef long long P[<>]_s64 __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef unsigned long long P[<>]_u64 __attribute__((vector_size(BYTES), may_alias));
struct P[<>]_bounded_ends {
    P[<>]_s32 evens, odds, right, summand;
    P[<>]_s64 even_summand, odd_summand;
};
INLINE struct P[<>]_bounded_ends P[<>]_read_bounded(const int *ends, int below)
{
    const P[<>]_s32 right = *(const P[<>]_s32 *)(ends + 48), summand = *(const P[<>]_s32 *)(ends + 64);
    return (struct P[<>]_bounded_ends){*(const P[<>]_s32 *)(ends + 16), *(const P[<>]_s32 *)(ends + 32),
                                       P[<>]_ordered(right) - !below, P[<>]_ordered(summand),
                                       *(const P[<>]_s64 *)(ends + 80), *(const P[<>]_s64 *)(ends + 96)};
}

/* All filters alike. */
INLINE struct P[<>]_bounded_ends P[<>]_bounded_all(int multiplier, int right, int summand, int below)
{
    const P[<>]_s32 zero = {0};
    const P[<>]_s64 all = (P[<>]_s64){0} + ((1LL << 30) + summand * (1LL << 31)) * (below ? 2 : 1);
    return (struct P[<>]_bounded_ends){zero + multiplier, zero + multiplier, zero + (right - !below), m4_dnl
zero + summand, all, all};
}

INLINE P[<>]_s32 P[<>]_bounded_result(P[<>]_s32 sum, struct P[<>]_bounded_ends end, int below)
{
    const P[<>]_s32 x = below ? P[<>]_plus(sum, sum) : sum;
    const P[<>]_s64 even = (P[<>]_s64)__builtin_ia32_pmuldq256(x, end.evens) + end.even_summand;
    const P[<>]_s64 odd = (P[<>]_s64)__builtin_ia32_pmuldq256((P[<>]_s32)((P[<>]_u64)x >> 32), end.odds) + m4_dnl
end.odd_summand;
    const P[<>]_s32 y = P[<>]_halves(even, odd);
    return (below ? P[<>]_plus(y, y < end.summand) : y) >> end.right;
}
>], [</* The same for sums that are known to be small: results have the zero point. */
struct P[<>]_bounded_ends {
    P[<>]_s32 multiplier, right, summand;
};
INLINE struct P[<>]_bounded_ends P[<>]_read_bounded(const int *ends, int below)
{
    (void)below;
    return (struct P[<>]_bounded_ends){*(const P[<>]_s32 *)(ends + 16), *(const P[<>]_s32 *)(ends + 48), m4_dnl
*(const P[<>]_s32 *)(ends + 64)};
}

/* All filters alike. */
INLINE struct P[<>]_bounded_ends P[<>]_bounded_all(int multiplier, int right, int summand, int below)
{
    const P[<>]_s32 zero = {0};
    (void)below;
    return (struct P[<>]_bounded_ends){zero + multiplier, zero + right, zero + summand};
}

INLINE P[<>]_s32 P[<>]_bounded_result(P[<>]_s32 sum, struct P[<>]_bounded_ends end, int below)
{
    const P[<>]_s32 x = P[<>]_product(sum, end.multiplier);
    return ((below ? P[<>]_plus(x, x < 0) : x) + end.summand) >> end.right;
}
>])m4_dnl

m4_define([<SIXTEEN>], [<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<$1[<>]V>])>])m4_dnl
/* Floats of scale `scale', rounded: as the function for one does it, before its zero point is added. NaN is -512. */
INLINE P[<>]_s32 P[<>]_round(P[<>]_floats x, float scale)
{
    const P[<>]_s32 most = (P[<>]_s32)((P[<>]_floats){0} + 512.0f), half = (P[<>]_s32)((P[<>]_floats){0} + 0.49999997f);
    const P[<>]_s32 y = (P[<>]_s32)(x / scale), sign = (P[<>]_s32){0} + (-2147483647 - 1);
    const P[<>]_s32 below = (P[<>]_s32)((P[<>]_floats)y < (P[<>]_floats)most);
    const P[<>]_s32 z = (y & below) | (most & ~below);
    const P[<>]_s32 above = (P[<>]_s32)((P[<>]_floats)y > -(P[<>]_floats)most);
    const P[<>]_floats bounded = (P[<>]_floats)((z & above) | ((P[<>]_s32)(-(P[<>]_floats)most) & ~above));
    const P[<>]_floats away = (P[<>]_floats)(half | ((P[<>]_s32)bounded & sign));
    return __builtin_convertvector(bounded + away, P[<>]_s32);
}

/* 16 numbers plus zero, from low to high */
IS(PAIRS, x86, [<m4_dnl
#if defined __clang__
#define P[<>]_most(a, b) (((a) & ((a) > (b))) | ((b) & ~((a) > (b))))
#define P[<>]_least(a, b) (((a) & ((a) < (b))) | ((b) & ~((a) < (b))))
#else
#define P[<>]_most(a, b) ((P[<>]_s16)IF(BYTES == 32, __builtin_ia32_pmaxsw256, __builtin_ia32_pmaxsw128)(a, b))
#define P[<>]_least(a, b) ((P[<>]_s16)IF(BYTES == 32, __builtin_ia32_pminsw256, __builtin_ia32_pminsw128)(a, b))
#endif
INLINE P[<>]_s16 P[<>]_bound(P[<>]_s16 x, int zero, int low, int high)
{
    const P[<>]_s16 least = (P[<>]_s16){0} + (short)(low - zero), most = (P[<>]_s16){0} + (short)(high - zero);
    const P[<>]_s16 higher = P[<>]_most(x, least);
    return P[<>]_least(higher, most) + (short)zero;
}

INLINE void P[<>]_store(SIXTEEN([<P[<>]_s32 y>]), int zero, int low, int high, signed char *to)
{
    IF(BYTES == 32, [<const P[<>]_s16 x = P[<>]_bound((P[<>]_s16)__builtin_ia32_packssdw256(y0, y1), zero, low, high);
    const P[<>]_s32 order = {0, 4, 1, 5, 0, 4, 1, 5};
    const P[<>]_s32 packed = (P[<>]_s32)__builtin_ia32_packsswb256(x, x);
    typedef int four __attribute__((vector_size(16), aligned(1), may_alias));
#if defined __clang__
    const P[<>]_s32 sorted = (P[<>]_s32)__builtin_ia32_permvarsi256(packed, order);
    *(four *)to = __builtin_shufflevector(sorted, sorted, 0, 1, 2, 3);
#else
    const P[<>]_s32 sorted = __builtin_shuffle(packed, order);
    *(four *)to = *(const four *)&sorted;
#endif>], [<const P[<>]_s16 x = P[<>]_bound((P[<>]_s16)__builtin_ia32_packssdw128(y0, y1), zero, low, high);
    const P[<>]_s16 z = P[<>]_bound((P[<>]_s16)__builtin_ia32_packssdw128(y2, y3), zero, low, high);
    *(P[<>]_s32 *)to = (P[<>]_s32)__builtin_ia32_packsswb128(x, z);>])
}
>], [<m4_dnl
INLINE P[<>]_few P[<>]_bound(P[<>]_s32 x, int zero, int low, int high)
{
    const P[<>]_s32 least = (P[<>]_s32){0} + (low - zero), most = (P[<>]_s32){0} + (high - zero);
    const P[<>]_s32 below = x < least, above = x > most;
    return __builtin_convertvector(((((x & ~below) | (least & below)) & ~above) | (most & above)) + zero, P[<>]_few);
}

INLINE void P[<>]_store(SIXTEEN([<P[<>]_s32 y>]), int zero, int low, int high, signed char *to)
{
EACH([<V>], BLOCK_VECTORS, [<    *(P[<>]_few *)(to + m4_eval(V * LANES_32)) = P[<>]_bound(y[<>]V, zero, low, high);
>])m4_dnl
}
>])m4_dnl

/* Results of sums that are known to be small, 16 of them, from low to high. */
IF(WIDE, [<INLINE void P[<>]_store_bounded(SIXTEEN([<P[<>]_s32 y>]), int low, int high, signed char *to)
{
    typedef char chars __attribute__((vector_size(BYTES), may_alias));
    typedef int four __attribute__((vector_size(16), aligned(1), may_alias));
    const chars order = {0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15,
                         0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15};
    const P[<>]_s32 parts = {0, 4, 1, 5, 0, 4, 1, 5};
    P[<>]_s16 x = (P[<>]_s16)__builtin_ia32_packssdw256(y0, y1);
    if (low > -128 || high < 127)
        x = P[<>]_bound(x, 0, low, high);
    const P[<>]_s32 packed = (P[<>]_s32)__builtin_ia32_pshufb256((chars)__builtin_ia32_packsswb256(x, x), order);
#if defined __clang__
    const P[<>]_s32 sorted = (P[<>]_s32)__builtin_ia32_permvarsi256(packed, parts);
    *(four *)to = __builtin_shufflevector(sorted, sorted, 0, 1, 2, 3);
#else
    const P[<>]_s32 sorted = __builtin_shuffle(packed, parts);
    *(four *)to = *(const four *)&sorted;
#endif
}
>], [<#define P[<>]_store_bounded(SIXTEEN([<y>]), low, high, to) P[<>]_store(SIXTEEN([<y>]), 0, low, high, to)
>])m4_dnl
