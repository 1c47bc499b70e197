m4_include([<train/train.m4>])m4_dnl
m4_dnl Steps of turning LANES vectors: those whose number has a bit and those that lack it exchange halves, so that
m4_dnl after all bits vector i has number i of each. KEPT(bit) and GIVEN(bit): what a step takes from the two.
m4_define([<KEPT>], [<SEPARATED([<, >], [<I>], LANES, [<IF(I & $1, m4_eval(LANES + I - $1), I)>])>])m4_dnl
m4_define([<GIVEN>], [<SEPARATED([<, >], [<I>], LANES, [<IF(I & $1, m4_eval(LANES + I), m4_eval(I + $1))>])>])m4_dnl
m4_define([<EXCHANGE_BY>], [<m4_dnl
TARGET static inline __attribute__((always_inline)) void FUNCTION(_$1)(VECTOR *low, VECTOR *high)
{
    const VECTOR a = *low, b = *high;
#if defined __clang__
    *low = __builtin_shufflevector(a, b, KEPT($1));
    *high = __builtin_shufflevector(a, b, GIVEN($1));
#else
    *low = __builtin_shuffle(a, b, (INTEGERS){KEPT($1)});
    *high = __builtin_shuffle(a, b, (INTEGERS){GIVEN($1)});
#endif
}

>])m4_dnl
m4_define([<INTEGERS>], [<i[<>]LANES>])m4_dnl
/* Vectors exchange halves by a bit of their number: all bits in turn make rows of columns. */
EXCHANGE_BY(1)m4_dnl
EXCHANGE_BY(2)m4_dnl
IF(LANES > 4, [<EXCHANGE_BY(4)>])m4_dnl
IF(LANES > 8, [<EXCHANGE_BY(8)>])m4_dnl
