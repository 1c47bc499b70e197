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
#define P[<>]_wide(from) __builtin_convertvector(*(const P[<>]_few *)(from), P[<>]_s32)
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

m4_define([<SIXTEEN>], [<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<$1[<>]V>])>])m4_dnl
typedef float P[<>]_floats __attribute__((vector_size(BYTES), aligned(4), may_alias));
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
