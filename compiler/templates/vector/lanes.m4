m4_dnl Where lanes beyond the last of CHANNELS must not count: what they hold in a blocked tensor is unknown.
m4_dnl REAL_TABLE declares masks, REAL_OF(block, blocks) those of a block, and REAL(x, lane) keeps the lanes of x that
m4_dnl are channels; the others become 0. Where all blocks are full, all of this is nothing.
m4_define([<RAGGED>], m4_eval(CHANNELS % BLOCK != 0))m4_dnl
m4_define([<REAL_TABLE>], [<IF(RAGGED, [<static const int masks[m4_eval(2 * BLOCK)] __attribute__((aligned(64))) =
        {SEPARATED([<, >], [<I>], m4_eval(2 * BLOCK), [<IF(I < BLOCK + CHANNELS % BLOCK, -1, 0)>])};>])>])m4_dnl
m4_define([<REAL_OF>], [<IF(RAGGED, [<const int *const real = $1 + 1 < $2 ? masks : masks + BLOCK;>])>])m4_dnl
m4_define([<REAL>], [<IF(RAGGED, [<(VECTOR)((INTEGERS)($1) & *(const INTEGERS *)(real + $2))>], [<$1>])>])m4_dnl
