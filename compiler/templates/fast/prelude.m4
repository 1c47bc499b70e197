m4_include([<fast/vector.m4>])m4_dnl
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
#if defined __clang__
#define PICK_[<>]LANES[<>](a, b, op) \
    __extension__({ \
        VECTOR a_ = (a), b_ = (b); \
        i[<>]LANES m_ = (i[<>]LANES)(a_ op b_); \
        (VECTOR)(((i[<>]LANES)a_ & m_) | ((i[<>]LANES)b_ & ~m_)); \
    })
#else
#define PICK_[<>]LANES[<>](a, b, op) \
    __extension__({ \
        VECTOR a_ = (a), b_ = (b), r_; \
        for (int i_ = 0; i_ < LANES; i_++) \
            r_[i_] = a_[i_] op b_[i_] ? a_[i_] : b_[i_]; \
        r_; \
    })
#endif
#define MAX_[<>]LANES[<>](a, b) PICK_[<>]LANES[<>](a, b, >)
#define MIN_[<>]LANES[<>](a, b) PICK_[<>]LANES[<>](a, b, <)
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
