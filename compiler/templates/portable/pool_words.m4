m4_dnl The windows of pools: where each begins and ends, before and after it is cut off at the edges of the image.
m4_dnl BEGIN(y, H, TOP), END(y, H, begin): the window's first row, and the one behind its last, before it is cut.
m4_define([<BEGIN>], [<IF(ADAPTIVE, [<$1 * IN_$2 / OUT_$2>], [<MINUS(TIMES([<$1>], STRIDE_$2), PAD_$3)>])>])m4_dnl
m4_define([<END>], [<IF(ADAPTIVE, [<(($1 + 1) * IN_$2 + m4_eval(OUT_$2 - 1)) / OUT_$2>], [<$3 + KERNEL_$2>])>])m4_dnl
m4_define([<FIRST_H>], [<IF(CLIP_H, [<y0>], [<top>])>])m4_define([<LAST_H>], [<IF(CLIP_H, [<y1>], [<bottom>])>])m4_dnl
m4_define([<FIRST_W>], [<IF(CLIP_W, [<x0>], [<left>])>])m4_define([<LAST_W>], [<IF(CLIP_W, [<x1>], [<right>])>])m4_dnl
m4_define([<PADDED>], [<(LAST_$1 < LIMIT_$1 ? LAST_$1 : LIMIT_$1) - FIRST_$1>])m4_dnl
