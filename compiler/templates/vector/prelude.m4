m4_include([<vector/vector.m4>])m4_dnl
m4_dnl The basis of the kernels of one instruction set: vector types, and helpers that gcc and clang both turn into
m4_dnl single instructions.
m4_dnl How gcc names the register of a vector, and the machine that has it.
m4_define([<VECTOR_MACHINE>], [<IS(ISA, neon, __aarch64__, __x86_64__)>])m4_dnl
m4_define([<VECTOR_CONSTRAINT>], [<IS(ISA, neon, w, [<IS(ISA, avx512, v, x)>])>])m4_dnl
m4_dnl TYPEDEF(element, name, lanes, more attributes)
m4_define([<TYPEDEF>], [<typedef $1 $2 __attribute__((vector_size(m4_eval($3 * WIDTH)), $4may_alias));>])m4_dnl
m4_define([<INTEGERS>], [<i[<>]LANES>])m4_dnl
m4_dnl What -march and -mtune say about the machine makes compilers halve the widest vectors and move loads about.
m4_define([<BITS>], [<m4_eval(8 * WIDTH * LANES)>])m4_dnl
m4_define([<TUNING>], [<tune=generic,prefer-vector-width=BITS>])m4_dnl
m4_define([<WHOLE_VECTORS>], [<IS(ISA, avx512, [<, min_vector_width(BITS)>])>])m4_dnl
m4_ifelse(m4_defn([<FEATURES>]), [<>], [<#define TARGET
>], ISA, wasm128, [<#define TARGET __attribute__((target("FEATURES")))
>], [<#if defined __clang__
#define TARGET __attribute__((target("FEATURES")WHOLE_VECTORS))
#else
#define TARGET \
    __attribute__((target("FEATURES,TUNING")))
#endif
>])m4_dnl
TYPEDEF(float, VECTOR, LANES)
TYPEDEF(float, VECTOR[<>]u, LANES, [<aligned(WIDTH), >])
TYPEDEF(int, INTEGERS, LANES)
IF(LANES == 16, [<TYPEDEF(float, h[<>]LANES, m4_eval(LANES / 2))
TYPEDEF(float, h[<>]LANES[<>]u, m4_eval(LANES / 2), [<aligned(WIDTH), >])
>])m4_dnl
#define SPLAT_[<>]LANES[<>](x) ((VECTOR){0} + (x))
/* Of each lane: if p op q, then a, else b. A comparison with NaN fails. n begins the local names, so that one may
 * stand in the other. HIDDEN: where gcc sees a constant, it takes two instructions for a maximum, not one. */
#if !defined __clang__ && defined VECTOR_MACHINE
#define HIDDEN_[<>]LANES[<>](x) \
    __extension__({ \
        VECTOR hidden_ = SPLAT_[<>]LANES[<>](x); \
        __asm__ volatile("" : "[<+>]VECTOR_CONSTRAINT"(hidden_)); \
        hidden_; \
    })
#else
#define HIDDEN_[<>]LANES[<>](x) SPLAT_[<>]LANES[<>](x)
#endif
#if defined __clang__
#define CHOOSE_[<>]LANES[<>](p, op, q, a, b, n) \
    __extension__({ \
        const VECTOR n##then = (a), n##else = (b); \
        const INTEGERS n##mask = (INTEGERS)((p)op(q)); \
        (VECTOR)(((INTEGERS)n##then & n##mask) | ((INTEGERS)n##else & ~n##mask)); \
    })
#else
#define CHOOSE_[<>]LANES[<>](p, op, q, a, b, n) \
    __extension__({ \
        const VECTOR n##left = (p), n##right = (q), n##then = (a), n##else = (b); \
        VECTOR n##chosen; \
        for (int n##at = 0; n##at < LANES; n##at++) \
            n##chosen[n##at] = n##left[n##at] op n##right[n##at] ? n##then[n##at] : n##else[n##at]; \
        n##chosen; \
    })
#endif
IS(ISA, wasm128, [</* At least or at most a number: one instruction, which keeps an x that is NaN. f32x4.max, which
 * clang makes of a comparison, is eight on x86. */
#define AT_LEAST_[<>]LANES[<>](number, x) ((VECTOR)__builtin_wasm_pmax_f32x4((x), SPLAT_[<>]LANES[<>](number)))
#define AT_MOST_[<>]LANES[<>](number, x) ((VECTOR)__builtin_wasm_pmin_f32x4((x), SPLAT_[<>]LANES[<>](number)))
>], [</* At least or at most a number: one instruction, which keeps an x that is NaN. */
#define AT_LEAST_[<>]LANES[<>](number, x) \
    __extension__({ \
        const VECTOR least_one = HIDDEN_[<>]LANES[<>](number), least_x = (x); \
        CHOOSE_[<>]LANES[<>](least_one, >, least_x, least_one, least_x, least_); \
    })
#define AT_MOST_[<>]LANES[<>](number, x) \
    __extension__({ \
        const VECTOR most_one = HIDDEN_[<>]LANES[<>](number), most_x = (x); \
        CHOOSE_[<>]LANES[<>](most_one, <, most_x, most_one, most_x, most_); \
    })
>])m4_dnl
#define RELU_[<>]LANES[<>](x) AT_LEAST_[<>]LANES[<>](0.0f, x)
m4_define([<LARGER_OF_TWO>], [<IS(ISA, wasm128, [<__builtin_wasm_pmax_f32x4(n##two, n##one)>],
    [<CHOOSE_[<>]LANES[<>](n##one, >, n##two, n##one, n##two, n##max_)>])>])m4_dnl
/* The larger numbers of two vectors, NaN if either is. The instruction for a > b ? a : b gives b where a is NaN. */
#define LARGER_[<>]LANES[<>](a, b, n) \
    __extension__({ \
        const VECTOR n##one = (a), n##two = (b); \
        const VECTOR n##max = LARGER_OF_TWO; \
        CHOOSE_[<>]LANES[<>](n##one, ==, n##one, n##max, n##one, n##nan_); \
    })
#define MAX_[<>]LANES[<>](a, b) LARGER_[<>]LANES[<>](a, b, higher_)
m4_dnl gcc 12 takes some kernels that read half floats and call a function of many vectors for functions without effect,
m4_dnl and leaves their calls out: what it knows of their insides is kept from their callers.
IF(HAS_HALVES, [<#ifdef __clang__
#define KEPT
#else
#define KEPT __attribute__((noipa))
#endif
>])m4_dnl
m4_dnl Half floats become floats: WIDENED_n(pointer) is a vector of those that begin there, at any address.
IF(HAS_HALVES, [<m4_dnl
m4_ifelse(ISA, avx512, [<#include <immintrin.h>
#define WIDENED_16(p) (VECTOR)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(p)))
>], ISA, avx2, [<#include <immintrin.h>
#define WIDENED_8(p) (VECTOR)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(p)))
>], ISA, neon, [<#include <arm_neon.h>
#define WIDENED_4(p) (VECTOR)vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)))
>], [<TYPEDEF(uint16_t, h[<>]LANES[<>]u, m4_eval(LANES / 2), [<aligned(2), >])
/* Halves below 2^-14 have no leading one: they get it, and it is subtracted. Infinite ones and NaN keep their kind. */
#define WIDENED_[<>]LANES[<>](p) \
    __extension__({ \
        const INTEGERS half_ = __builtin_convertvector(*(const h[<>]LANES[<>]u *)(const void *)(p), INTEGERS); \
        const INTEGERS size_ = (half_ & 0x7fff) << 13, small_ = size_ < 0x00800000; \
        const VECTOR led_ = (VECTOR)(size_ + 0x38000000 + (small_ & 0x00800000)); \
        const VECTOR exact_ = led_ - (VECTOR)(small_ & 0x38800000); \
        const INTEGERS special_ = (size_ >= 0x0f800000) & 0x7f800000; \
        (VECTOR)((INTEGERS)exact_ | special_ | (half_ & 0x8000) << 16); \
    })
>])>])m4_dnl
m4_define([<EVERY_SECOND>], [<SEPARATED([<, >], [<I>], LANES, [<m4_eval(2 * I + $1)>])>])m4_dnl
/* The numbers of two vectors at even places, and those at odd ones. */
#if defined __clang__
#define EVENS_[<>]LANES[<>](a, b) __builtin_shufflevector(a, b, EVERY_SECOND(0))
#define ODDS_[<>]LANES[<>](a, b) __builtin_shufflevector(a, b, EVERY_SECOND(1))
#else
#define EVENS_[<>]LANES[<>](a, b) __builtin_shuffle(a, b, (INTEGERS){EVERY_SECOND(0)})
#define ODDS_[<>]LANES[<>](a, b) __builtin_shuffle(a, b, (INTEGERS){EVERY_SECOND(1)})
#endif
#define SUMS_[<>]LANES[<>](a, b) (EVENS_[<>]LANES[<>](a, b) + ODDS_[<>]LANES[<>](a, b))
#define PAIRS_[<>]LANES[<>](a, b) MAX_[<>]LANES[<>](EVENS_[<>]LANES[<>](a, b), ODDS_[<>]LANES[<>](a, b))

