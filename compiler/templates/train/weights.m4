m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a convolution's or dense operation's weights, dL/dw = the sum over images and pixels of dL/dy *
m4_dnl x. One of the two is turned, so that its channels lie side by side: vectors of these are multiplied by single
m4_dnl numbers of the other one. BY_INPUTS: x is turned, and the gradient is [FILTERS][tap][PADDED channels]; else
m4_dnl dL/dy is, and it is [CHANNELS][tap][PADDED filters]. TILE_ROWS x TILE_COLUMNS sums stay in registers over all
m4_dnl images and pixels: rows are filters and columns the taps of a row, or vectors of channels where there is one
m4_dnl tap; else rows are the taps of a row, or channels, and columns vectors of filters. ROW_BLOCK rows of pixels are
m4_dnl done with before the next ones, so that they are read from near caches.
ASSERT([<BLOCK % LANES == 0>])m4_dnl
m4_define([<WIDE_WINDOW>], m4_eval(TAPS_W > 1))m4_dnl
m4_define([<VECTORS>], [<m4_eval((IF(BY_INPUTS, CHANNELS, FILTERS) + LANES - 1) / LANES)>])m4_dnl
m4_define([<ALL_ROWS>], IF(BY_INPUTS, FILTERS, [<IF(WIDE_WINDOW, TAPS_W, CHANNELS)>]))m4_dnl
m4_define([<ALL_COLUMNS>], IF(BY_INPUTS && WIDE_WINDOW, TAPS_W, VECTORS))m4_dnl
m4_define([<REST_ROWS>], m4_eval(ALL_ROWS % TILE_ROWS))m4_define([<REST_COLUMNS>], m4_dnl
m4_eval(ALL_COLUMNS % TILE_COLUMNS))m4_dnl
m4_define([<WHOLE_ROWS>], m4_eval(ALL_ROWS - REST_ROWS))m4_dnl
m4_define([<WHOLE_COLUMNS>], m4_eval(ALL_COLUMNS - REST_COLUMNS))m4_dnl
m4_define([<TURNED_STEP>], m4_eval(LANE_COUNT * BLOCK))m4_define([<TURNED_ROW>], m4_dnl
m4_eval(TURNED_COLUMNS * TURNED_STEP))m4_dnl
m4_define([<TURNED_PLANE>], m4_eval(TURNED_ROWS * TURNED_ROW))m4_define([<TAPS>], m4_eval(TAPS_H * TAPS_W))m4_dnl
m4_dnl Where vector v of a turned tensor begins: as an expression, and (a number) as a number.
m4_define([<VECTOR_PLACE>], [<IF(BLOCK == LANES, [<$1 * TURNED_PLANE>], m4_dnl
[<($1 / m4_eval(BLOCK / LANES) * TURNED_PLANE + m4_dnl
$1 % m4_eval(BLOCK / LANES) * LANES)>])>])m4_dnl
m4_define([<VECTOR_NUMBER>], [<m4_eval(($1) * LANES / BLOCK * TURNED_PLANE + ($1) * LANES % BLOCK)>])m4_dnl
m4_dnl From one pixel of the narrow side to the next: of the single numbers (SCALAR) and of the vectors.
m4_define([<TAP_ROW>], [<(TIMES([<i>], STRIDE_H) + row)>])m4_dnl
m4_define([<SCALAR_ROW>], [<IF(BY_INPUTS, [<i * OUT_ROW>], [<TAP_ROW * IN_ROW>])>])m4_dnl
m4_define([<SCALAR_STEP>], IF(BY_INPUTS, LANE_COUNT, m4_eval(STRIDE_W * LANE_COUNT)))m4_dnl
m4_define([<VECTOR_ROW>], [<IF(BY_INPUTS, [<TAP_ROW>], [<i>]) * TURNED_ROW>])m4_dnl
m4_define([<VECTOR_STEP>], IF(BY_INPUTS, m4_eval(STRIDE_W * TURNED_STEP), TURNED_STEP))m4_dnl
m4_dnl From one row or column of sums to the next: of the numbers, and of the gradient.
m4_define([<SCALAR_NEXT>], IF(BY_INPUTS, OUT_PLANE, [<IF(WIDE_WINDOW, m4_eval(DILATION_W * LANE_COUNT), m4_dnl
IN_PLANE)>]))m4_dnl
m4_define([<COLUMN_VECTORS>], m4_eval(!(BY_INPUTS && WIDE_WINDOW)))m4_dnl
m4_define([<COLUMN_OFFSET>], [<IF(COLUMN_VECTORS, [<VECTOR_NUMBER($1)>], m4_dnl
[<m4_eval(($1) * DILATION_W * TURNED_STEP)>])>])m4_dnl
m4_define([<COLUMN_PLACE>], [<m4_ifelse([<$1>], 0, [<>], [<m4_dnl
IF(COLUMN_VECTORS, [< + VECTOR_PLACE([<$1>])>], [<PLUS_TERM([<$1>], m4_eval(DILATION_W * TURNED_STEP))>])>])>])m4_dnl
m4_define([<ROW_NEXT>], IF(BY_INPUTS || !WIDE_WINDOW, m4_eval(TAPS * PADDED), PADDED))m4_dnl
m4_define([<COLUMN_NEXT>], IF(BY_INPUTS && WIDE_WINDOW, PADDED, LANES))m4_dnl
ASSERT([<!COLUMN_VECTORS || ALL_COLUMNS == TILE_COLUMNS || TILE_COLUMNS % (BLOCK / LANES) == 0>])m4_dnl
m4_define([<TILE_NAME>], [<FUNCTION(_$1x$2)>])m4_dnl
m4_define([<TILE>], [<PART([<train/weights_tile.m4>], [<SUM_ROWS>], $1, [<SUM_COLUMNS>], $2)>])m4_dnl
TILE(TILE_ROWS, TILE_COLUMNS)
IF(REST_COLUMNS, [<TILE(TILE_ROWS, REST_COLUMNS)>])
IF(REST_ROWS, [<TILE(REST_ROWS, TILE_COLUMNS)>])
IF(REST_ROWS && REST_COLUMNS, [<TILE(REST_ROWS, REST_COLUMNS)>])
m4_dnl CALL_TILE(rows, columns, first row, first column)
m4_define([<CALL_TILE>], [<APPLY(TILE_NAME($1, $2), [<s>]PLUS_TERM([<$3>], SCALAR_NEXT),
    [<v>]COLUMN_PLACE([<$4>]), [<to>]PLUS_TERM([<$3>], ROW_NEXT)[<>]PLUS_TERM([<$4>], COLUMN_NEXT),
    [<row>], [<first>], [<end>], [<writes>]);>])m4_dnl
m4_define([<COLUMN_TILES>], [<m4_dnl
IF(WHOLE_COLUMNS > TILE_COLUMNS, [<for (int q = 0; q < WHOLE_COLUMNS; q += TILE_COLUMNS)
                            >])CALL_TILE($1, TILE_COLUMNS, [<$2>], IF(WHOLE_COLUMNS > TILE_COLUMNS, q, 0))
                        IF(REST_COLUMNS, [<CALL_TILE($1, REST_COLUMNS, [<$2>], WHOLE_COLUMNS)>])>])m4_dnl
m4_dnl What the loops outside the tiles run over: blocks of channels for each row of taps, or channels.
m4_define([<OUTER>], IF(BY_INPUTS, [<IF(WIDE_WINDOW, VECTORS, 1)>], [<IF(WIDE_WINDOW, CHANNELS, 1)>]))m4_dnl
m4_dnl Threads share these, or the rows of sums where those are few.
m4_define([<ROW_TILES>], m4_eval(WHOLE_ROWS / TILE_ROWS))m4_dnl
m4_define([<BY_ROWS>], m4_eval(SHARES && OUTER < 8 && WHOLE_ROWS > TILE_ROWS))m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict turned>], [<const float *restrict single>],
    [<float *restrict gradient>], [<int fresh>], PART_PARAMETERS)
{
    EACH_GROUP
        for (int i = 0; i < OUT_H; i += ROW_BLOCK)
            for (int b = IF(BY_ROWS, 0, [<BEGIN_OF(OUTER)>]); b < IF(BY_ROWS, OUTER, [<LIMIT_OF(OUTER)>]); b++)
                for (int t = 0; t < TAPS_H; t++) {
                    const int writes = fresh && i == 0, row = MINUS(TIMES([<t>], DILATION_H), PAD_TOP);
                    const int top = row < 0 ? CEILING(-row, STRIDE_H) : 0, reach = CEILING(IN_H - row, STRIDE_H);
                    const int bottom = reach < i + ROW_BLOCK ? reach : i + ROW_BLOCK;
                    const int first = top < i ? i : top, end = SMALLER(OUT_H, bottom);
                    WHEN(BY_INPUTS, [<
                        const float *const s = PLUS(single, OUT_START)[<>]PLUS_GROUP(FILTERS * OUT_PLANE);
                        const float *const v = turned[<>]PLUS_GROUP((CHANNELS m4_dnl
+ BLOCK - 1) / BLOCK * TURNED_PLANE) + m4_dnl
PLUS([<VECTOR_PLACE([<b>])>], m4_eval(IN_START / LANE_COUNT * TURNED_STEP));
                        float *const to = gradient[<>]PLUS_GROUP(FILTERS * TAPS * PADDED) m4_dnl
+ t * m4_eval(TAPS_W * PADDED) + b * LANES;
                    >], [<
                        const float *const s = PLUS(single, IN_START) + b * IN_PLANE;
                        const float *const v = turned;
                        float *const to = gradient + b * m4_eval(TAPS * PADDED) + t * m4_eval(TAPS_W * PADDED);
                    >])
                    WHEN(WHOLE_ROWS > TILE_ROWS, [<
                        for (int r = IF(BY_ROWS, [<BEGIN_OF(ROW_TILES) * TILE_ROWS>], 0); m4_dnl
r < IF(BY_ROWS, [<LIMIT_OF(ROW_TILES) * TILE_ROWS>], WHOLE_ROWS); r += TILE_ROWS) {
                            COLUMN_TILES(TILE_ROWS, r)
                        }
                    >], [<
                        COLUMN_TILES(TILE_ROWS, 0)
                    >])
                    WHEN(REST_ROWS, [<
                        IF(BY_ROWS, [<if (part + 1 == parts) {>])
                        COLUMN_TILES(REST_ROWS, WHOLE_ROWS)
                        IF(BY_ROWS, [<}>])
                    >])
                }
}
m4_undefine([<VECTORS>], [<TAPS>], [<COLUMN_VECTORS>], [<BY_ROWS>])m4_dnl
