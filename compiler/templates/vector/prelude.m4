m4_include([<vector/vector.m4>])m4_dnl
m4_dnl What the kernels of one instruction set stand on: vector types and a few helpers that gcc and clang
m4_dnl both turn into single instructions.
#define TARGET m4_ifelse(ISA, avx512, [<__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")))>], ISA, avx2, [<__attribute__((target("avx2,fma")))>])
typedef float VECTOR __attribute__((vector_size(m4_eval(LANES * 4)), may_alias));
typedef float VECTOR[<>]u __attribute__((vector_size(m4_eval(LANES * 4)), aligned(4), may_alias));
typedef int i[<>]LANES __attribute__((vector_size(m4_eval(LANES * 4)), may_alias));
IF(LANES == 16, [<typedef float h[<>]LANES __attribute__((vector_size(m4_eval(LANES * 2)), may_alias));
typedef float h[<>]LANES[<>]u __attribute__((vector_size(m4_eval(LANES * 2)), aligned(4), may_alias));
>])m4_dnl
#define SPLAT_[<>]LANES[<>](x) ((VECTOR){0} + (x))
/* The lanes whose sign bit is set become zero. */
#define RELU_[<>]LANES[<>](x) ((VECTOR)((i[<>]LANES)(x) & ~((i[<>]LANES)(x) >> 31)))
/* The larger or smaller numbers of two vectors; n begins the local names, so that one may stand in the other. */
#if defined __clang__
#define PICK_[<>]LANES[<>](a, b, op, n) \
    __extension__({ \
        const VECTOR n##one = (a), n##two = (b); \
        const i[<>]LANES n##mask = (i[<>]LANES)(n##one op n##two); \
        (VECTOR)(((i[<>]LANES)n##one & n##mask) | ((i[<>]LANES)n##two & ~n##mask)); \
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
m4_define([<EVERY_SECOND>], [<EACH([<I>], LANES, [<IF(I, [<, >])m4_eval(2 * I + $1)>])>])m4_dnl
/* The numbers of two vectors at even places, and those at odd ones. */
#if defined __clang__
#define EVENS_[<>]LANES[<>](a, b) __builtin_shufflevector(a, b, EVERY_SECOND(0))
#define ODDS_[<>]LANES[<>](a, b) __builtin_shufflevector(a, b, EVERY_SECOND(1))
#else
#define EVENS_[<>]LANES[<>](a, b) __builtin_shuffle(a, b, (i[<>]LANES){EVERY_SECOND(0)})
#define ODDS_[<>]LANES[<>](a, b) __builtin_shuffle(a, b, (i[<>]LANES){EVERY_SECOND(1)})
#endif
#define SUMS_[<>]LANES[<>](a, b) (EVENS_[<>]LANES[<>](a, b) + ODDS_[<>]LANES[<>](a, b))
#define PAIRS_[<>]LANES[<>](a, b) MAX_[<>]LANES[<>](EVENS_[<>]LANES[<>](a, b), ODDS_[<>]LANES[<>](a, b))

