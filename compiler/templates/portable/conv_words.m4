m4_dnl What convolutions of floats and of integers share: what a tile reads of a map is copied into `window', and a
m4_dnl weight meets one run of its numbers (see conv.m4). MAP_TYPE, WINDOW_TYPE, WEIGHT_TYPE and SUM_TYPE are the types
m4_dnl of numbers, and padding is PADDING.
ASSERT([<IN_PER_GROUP >= 1 && OUT_PER_GROUP >= 1 && OUT_C == GROUPS * OUT_PER_GROUP>])m4_dnl
ASSERT([<STRIDE_H >= 1 && STRIDE_W >= 1 && SPREAD_H >= 1 && SPREAD_W >= 1>])m4_dnl
ASSERT([<FILTERS <= OUT_PER_GROUP && ROWS <= OUT_H && COLUMNS <= OUT_W && RUN >= (ROWS - 1) * LINE + COLUMNS>])m4_dnl
ASSERT([<KERNEL_H % TAKEN == 0 && (TAKEN == KERNEL_H || TAKEN == 1 || REMAINDERS_H == 1)>])m4_dnl
ASSERT([<IN_PER_GROUP % DEPTH == 0 && (DEPTH == 1 || KERNEL_H == 1)>])m4_dnl
m4_define([<TAPS>], [<m4_eval(TAKEN * DEPTH)>])m4_dnl
m4_define([<PLANE>], [<m4_eval(LINES * LINE)>])m4_dnl
m4_define([<MAP>], [<m4_eval(PHASES_H * PHASES_W * PLANE)>])m4_dnl
m4_define([<FILTER_WEIGHTS>], [<m4_eval(IN_PER_GROUP * KERNEL_H * KERNEL_W)>])m4_dnl
m4_dnl ROW_PLACE(i), COLUMN_PLACE(j): where a row or column of the window begins among the planes.
m4_define([<PLACE>], [<IF($2 == 1, [<TIMES([<$1>], $3)>], [<TIMES([<$1 % $2>], $3) + TIMES([<$1 / $2>], $4)>])>])m4_dnl
m4_define([<ROW_PLACE>], [<PLACE([<$1>], REMAINDERS_H, STEP_H, LINE)>])m4_dnl
m4_define([<COLUMN_PLACE>], [<PLACE([<$1>], REMAINDERS_W, STEP_W, 1)>])m4_dnl
m4_define([<TAP_PLACE>], [<m4_eval(IF(DEPTH > 1, T * MAP, [<ROW_PLACE(T)>]))>])m4_dnl
m4_define([<WEIGHT_AT>], [<w[m4_eval(K * FILTER_WEIGHTS + T * KERNEL_W)]>])m4_dnl
m4_define([<TAP>], [<IF(HALVES, [<w[<>]K[<>]_[<>]T>], [<WEIGHT_AT>]) * from[PLUS(p, TAP_PLACE)]>])m4_dnl
