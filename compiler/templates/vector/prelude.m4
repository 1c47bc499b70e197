m4_include([<vector/vector.m4>])m4_dnl
m4_dnl What the kernels of one instruction set stand on: vector types and a few helpers that gcc and clang
m4_dnl both turn into single instructions.
m4_define([<ATTRIBUTES_avx512>], [<__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")))>])m4_dnl
m4_define([<ATTRIBUTES_avx2>], [<__attribute__((target("avx2,fma")))>])m4_dnl
m4_define([<ATTRIBUTES_sse2>], [<>])m4_dnl
m4_define([<ATTRIBUTES_neon>], [<>])m4_dnl
m4_dnl TYPEDEF(element, name, lanes, more attributes)
m4_define([<TYPEDEF>], [<typedef $1 $2 __attribute__((vector_size(m4_eval($3 * 4)), $4may_alias));>])m4_dnl
m4_define([<INTEGERS>], [<i[<>]LANES>])m4_dnl
#define TARGET m4_indir([<ATTRIBUTES_>]ISA)
TYPEDEF(float, VECTOR, LANES)
TYPEDEF(float, VECTOR[<>]u, LANES, [<aligned(4), >])
TYPEDEF(int, INTEGERS, LANES)
IF(LANES == 16, [<TYPEDEF(float, h[<>]LANES, m4_eval(LANES / 2))
TYPEDEF(float, h[<>]LANES[<>]u, m4_eval(LANES / 2), [<aligned(4), >])
>])m4_dnl
#define SPLAT_[<>]LANES[<>](x) ((VECTOR){0} + (x))
/* The lanes whose sign bit is set become zero. */
#define RELU_[<>]LANES[<>](x) ((VECTOR)((INTEGERS)(x) & ~((INTEGERS)(x) >> 31)))
/* The larger or smaller numbers of two vectors; n begins the local names, so that one may stand in the other. */
#if defined __clang__
#define PICK_[<>]LANES[<>](a, b, op, n) \
    __extension__({ \
        const VECTOR n##one = (a), n##two = (b); \
        const INTEGERS n##mask = (INTEGERS)(n##one op n##two); \
        (VECTOR)(((INTEGERS)n##one & n##mask) | ((INTEGERS)n##two & ~n##mask)); \
    })
#else
#define PICK_[<>]LANES[<>](a, b, op, n) \
    __extension__({ \
        const VECTOR n##one = (a), n##two = (b); \
        VECTOR n##picked; \
        for (int n##at = 0; n##at < LANES; n##at++) \
            n##picked[n##at] = n##one[n##at] op n##two[n##at] ? n##one[n##at] : n##two[n##at]; \
        n##picked; \
    })
#endif
#define MAX_[<>]LANES[<>](a, b) PICK_[<>]LANES[<>](a, b, >, higher_)
#define MIN_[<>]LANES[<>](a, b) PICK_[<>]LANES[<>](a, b, <, lower_)
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

