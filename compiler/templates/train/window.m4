m4_divert(-1)
m4_dnl The windows of pools. BEGIN_AT and END_AT(index, H or W): the window's first row, and the one behind its
m4_dnl last, within the map; COUNT_SHARE: one divided by the number of pixels that a mean counts.
m4_define([<BEGIN_RAW>], [<IF(ADAPTIVE, [<$1 * IN_$2 / OUT_$2>], [<MINUS(TIMES([<$1>], STRIDE_$2), PAD_$2)>])>])
m4_define([<END_RAW>], [<IF(ADAPTIVE, [<(($1 + 1) * IN_$2 + m4_eval(OUT_$2 - 1)) / OUT_$2>],
    [<TIMES([<$1>], STRIDE_$2) + m4_eval(KERNEL_$2 - PAD_$2)>])>])
m4_define([<BEGIN_AT>], [<IF(CLIP_$2, [<(BEGIN_RAW([<$1>], $2) > 0 ? BEGIN_RAW([<$1>], $2) : 0)>],
    [<BEGIN_RAW([<$1>], $2)>])>])
m4_define([<END_AT>], [<IF(CLIP_$2, [<(END_RAW([<$1>], $2) < IN_$2 ? END_RAW([<$1>], $2) : IN_$2)>],
    [<END_RAW([<$1>], $2)>])>])
m4_dnl With padding, which ends at row or column LIMIT.
m4_define([<PADDED_SIZE>], [<((END_RAW([<$1>], $2) < LIMIT_$2 ? END_RAW([<$1>], $2) : LIMIT_$2) - m4_dnl
(BEGIN_RAW([<$1>], $2)))>])
m4_define([<SHARE_all>], [<m4_dnl
IF(ADAPTIVE, [<SHARE_real>], [<1.0f / m4_eval(KERNEL_H * KERNEL_W).0f>])>])
m4_define([<SHARE_real>], [<(bottom > top && right > left ? 1.0f / (float)((bottom - top) * (right - left)) : 1.0f)>])
m4_define([<SHARE_padded>], [<1.0f / (float)(PADDED_SIZE([<y>], H) * PADDED_SIZE([<x0>], W))>])
m4_define([<COUNT_SHARE>], [<m4_indir([<SHARE_>]COUNT)>])
m4_divert(0)m4_dnl
