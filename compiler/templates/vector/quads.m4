m4_dnl Vectors of four numbers, which every instruction set has, for kernels over planes. A QUAD need not be aligned;
m4_dnl its type is `quad', which DEFINE_QUAD declares in a function.
m4_define([<DEFINE_QUAD>], [<typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));>])m4_dnl
m4_define([<QUAD>], [<*(quad *)($1)>])m4_dnl
m4_define([<QUAD_OF>], [<*(const quad *)($1)>])m4_dnl
/* Numbers i, j, k and l of the eight in two vectors of four. */
#ifndef CNN_FOUR_OF
#if defined __clang__
#define CNN_FOUR_OF(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define CNN_FOUR_OF(a, b, i, j, k, l) \
    __builtin_shuffle(a, b, (int __attribute__((vector_size(16)))){i, j, k, l})
#endif
#endif
