m4_dnl Words of kernels over tensors whose channels lie side by side: each pixel has IN_PIXEL or OUT_PIXEL numbers, a
m4_dnl multiple of 16; those behind the last channel mean nothing. INT is the helper of vectors.m4.
m4_define([<LANES_32>], [<m4_eval(BYTES / 4)>])m4_dnl
m4_define([<BLOCK_VECTORS>], [<m4_eval(64 / BYTES)>])m4_dnl
m4_define([<S16>], [<INT[<>]_s16>])m4_define([<S32>], [<INT[<>]_s32>])m4_dnl
m4_dnl SIXTEEN(name): the vectors of 16 numbers of 32 bits, name0, name1, ...
m4_define([<SIXTEEN>], [<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<$1[<>]V>])>])m4_dnl
m4_dnl ALL(number): in all places.
m4_define([<ALL>], [<(S32){0} + ($1)>])m4_dnl
m4_dnl What ends hold for each 16 channels: see pack/integers.c. END(ends, row, vector)
m4_define([<END>], [<*(const S32 *)($1 + m4_eval(16 * $2 + $3 * LANES_32))>])m4_dnl
m4_define([<ENDS>], 64)m4_dnl
m4_define([<K_NAME>], [<@function@_[<>]ISA>])m4_dnl
