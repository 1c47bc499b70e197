m4_include([<train/train.m4>])m4_dnl
m4_dnl What a window sees, from one side of a convolution to the other (plan/train/linear.c): the result and the gradient
m4_dnl of the input of convolutions, transposed convolutions and dense operations. Row i of the result begins with row
m4_dnl i*ROW_STRIDE + ROW_FIRST of the input, and each tap reads ROW_TAP rows, COLUMN_TAP numbers further on. Columns that
m4_dnl do not exist are zeros; taps in rows that do not exist are left out. Sums of FILTERS x PIXELS stay in registers
m4_dnl over all channels and taps: conv_tile.m4.
ASSERT([<FILTERS >= 1 && PIXELS >= 1 && FILTERS <= OUT_C && PIXELS <= OUT_W>])m4_dnl
m4_define([<TILE_NAME>], [<FUNCTION(_$1x$2)>])m4_dnl
m4_define([<REST_FILTERS>], m4_eval(OUT_C % FILTERS))m4_define([<REST_PIXELS>], m4_eval(OUT_W % PIXELS))m4_dnl
m4_define([<WHOLE_FILTERS>], m4_eval(OUT_C - REST_FILTERS))m4_dnl
m4_define([<WHOLE_PIXELS>], m4_eval(OUT_W - REST_PIXELS))m4_dnl
m4_define([<NO_TAP>], m4_eval(TAPS_H == 0 || TAPS_W == 0))m4_dnl
m4_define([<TILE>], [<PART([<train/conv_tile.m4>], [<TILE_FILTERS>], $1, [<TILE_PIXELS>], $2)>])m4_dnl
TILE(FILTERS, PIXELS)
IF(REST_PIXELS, [<TILE(FILTERS, REST_PIXELS)>])
IF(REST_FILTERS, [<TILE(REST_FILTERS, PIXELS)>])
IF(REST_FILTERS && REST_PIXELS, [<TILE(REST_FILTERS, REST_PIXELS)>])
m4_dnl CALL_TILE(filters, pixels, first filter, first pixel)
m4_define([<CALL_TILE>], [<m4_dnl
IF(LANES < LANE_COUNT, [<for (int lane = 0; lane < LANE_COUNT; lane += LANES)
                        >])m4_dnl
APPLY(TILE_NAME($1, $2), [<from>]PLUS_TERM([<($4)>], IN_STEP)[<>]IF(LANES < LANE_COUNT, [< + lane>]),
    [<w>]PLUS_TERM([<($3)>], W_FILTER), IF(BIAS, [<b + $3>]),
    [<to>]PLUS_TERM([<($3)>], OUT_PLANE)[<>]PLUS_TERM([<($4)>], OUT_STEP)[<>]IF(LANES < LANE_COUNT, [< + lane>]),
    [<row>], [<first>], [<end>]);>])m4_dnl
m4_define([<PIXEL_TILES>], [<
                IF(WHOLE_PIXELS > PIXELS, [<for (int j = 0; j < WHOLE_PIXELS; j += PIXELS)>])
                    CALL_TILE($1, PIXELS, [<$2>], IF(WHOLE_PIXELS > PIXELS, [<[<j>]>], 0))
                IF(REST_PIXELS, [<CALL_TILE($1, REST_PIXELS, [<$2>], WHOLE_PIXELS)>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict weights>],
    IF(BIAS, [<const float *restrict bias>]), [<float *restrict out>])
{
    CLEAR_BORDER
    for (int g = 0; g < GROUPS; g++) {
        const float *const from = PLUS(in, IN_START) + g * m4_eval(IN_C * IN_PLANE);
        const float *const w = PLUS(weights, W_START) + g * W_GROUP;
        IF(BIAS, [<const float *const b = bias + g * OUT_C;>])
        for (int i = 0; i < OUT_H; i++) {
            float *const to = PLUS(out, OUT_START) + g * m4_eval(OUT_C * OUT_PLANE) + i * OUT_LINE;
            const int row = TIMES([<i>], ROW_STRIDE)[<>]PLUS_TERM([<1>], ROW_FIRST);
            const int first = FIRST_TAP([<row>]), end = END_TAP([<row>]);
            for (int k = 0; k < WHOLE_FILTERS; k += FILTERS) {
PIXEL_TILES(FILTERS, [<k>])
            }
            IF(REST_FILTERS, [<PIXEL_TILES(REST_FILTERS, WHOLE_FILTERS)>])
        }
    }
}
