m4_divert(-1)
m4_dnl A window of WINDOW_C x WINDOW_H x WINDOW_W numbers that become one, at (c, y, x) of CHANNELS x ROWS x COLUMNS.
m4_dnl FIRST_OF_WINDOW(pointer, tensor) points to its first number, ONE_OF(pointer, tensor) to the one result;
m4_dnl EACH_IN_WINDOW: the loops over its numbers and images, IN_WINDOW(tensor): where the number is, from the first.
m4_define([<PLACE>], [<TERMS([<$1>], IF($2_START, $2_START), IF(CHANNELS > 1, [<TIMES(c, m4_eval($3 * $2_PLANE))>]),
    IF(ROWS > 1, [<TIMES(y, m4_eval($4 * $2_ROW))>]), IF(COLUMNS > 1, [<TIMES(x, m4_eval($5 * LANE_COUNT))>]))>])
m4_define([<FIRST_OF_WINDOW>], [<PLACE([<$1>], [<$2>], WINDOW_C, WINDOW_H, WINDOW_W)>])
m4_define([<ONE_OF>], [<PLACE([<$1>], [<$2>], 1, 1, 1)>])
m4_define([<IN_WINDOW>], [<[TERMS(IF(WINDOW_C > 1, [<TIMES(j, $1_PLANE)>]), IF(WINDOW_H > 1, [<TIMES(r, $1_ROW)>]),
    IF(WINDOW_W > 1, [<TIMES(q, LANE_COUNT)>]), [<l>])]>])
m4_define([<EACH_IN_WINDOW>], [<IF(WINDOW_C > 1, [<for (int j = 0; j < WINDOW_C; j++)
                    >])IF(WINDOW_H > 1, [<for (int r = 0; r < WINDOW_H; r++)
                    >])IF(WINDOW_W > 1, [<for (int q = 0; q < WINDOW_W; q++)
                    >])EACH_LANE>])
m4_divert(0)m4_dnl
