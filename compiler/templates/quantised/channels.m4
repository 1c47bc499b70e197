m4_dnl Words of kernels over tensors whose channels lie side by side: each pixel has IN_PIXEL or OUT_PIXEL numbers, a
m4_dnl multiple of 16; those behind the last channel mean nothing. INT is the helper of vectors.m4.
m4_define([<LANES_32>], [<m4_eval(BYTES / 4)>])m4_dnl
m4_define([<BLOCK_VECTORS>], [<m4_eval(64 / BYTES)>])m4_dnl
m4_define([<S16>], [<INT[<>]_s16>])m4_define([<S32>], [<INT[<>]_s32>])m4_dnl
m4_dnl SIXTEEN(name): the vectors of 16 numbers of 32 bits, name0, name1, ...
m4_define([<SIXTEEN>], [<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<$1[<>]V>])>])m4_dnl
m4_dnl ALL(number): in all places.
m4_define([<ALL>], [<(S32){0} + ($1)>])m4_dnl
m4_dnl What `ends' holds for each 16 channels: see pack/integers.c. Of vector V of them: what their sums begin with,
m4_dnl FIRST(ends); the type of what ends them, END_TYPE, and how it is read, READ_END(ends); a result,
m4_dnl RESULT(sum, end); STORE(results, to) keeps all.
m4_define([<FIRST>], [<*(const S32 *)(PLUS([<$1>], m4_eval(V * LANES_32)))>])m4_dnl
m4_define([<END_TYPE>], [<const struct IF(BOUNDED, INT[<>]_bounded_ends, INT[<>]_ends)>])m4_dnl
m4_define([<READ_END>], [<IF(BOUNDED, [<INT[<>]_read_bounded(PLUS([<$1>], m4_eval(V * LANES_32)), BELOW)>], m4_dnl
[<INT[<>]_read(PLUS([<$1>], m4_eval(V * LANES_32)))>])>])m4_dnl
m4_define([<RESULT>], [<IF(BOUNDED, [<INT[<>]_bounded_result($1, $2, BELOW)>], m4_dnl
[<IF(EVEN, [<INT[<>]_even_result($1, $2, OUT_ZERO, LOW, HIGH)>], [<INT[<>]_result($1, $2)>])>])>])m4_dnl
m4_define([<STORE>], [<IF(BOUNDED, [<INT[<>]_store_bounded($1, LOW, HIGH, $2)>], m4_dnl
[<INT[<>]_store($1, IF(EVEN, 0, OUT_ZERO), LOW, HIGH, $2)>])>])m4_dnl
m4_define([<K_NAME>], [<@function@_[<>]ISA>])m4_dnl
