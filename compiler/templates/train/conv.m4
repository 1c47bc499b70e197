m4_include([<train/train.m4>])m4_dnl
m4_dnl What a window sees, from one side of a convolution to the other (plan/train/linear.c): the result and the
m4_dnl gradient of the input of convolutions, transposed convolutions and dense operations. Row i of the result begins
m4_dnl with row i*ROW_STRIDE + ROW_FIRST of the input, and each tap reads ROW_TAP rows, COLUMN_TAP numbers further on.
m4_dnl Columns that do not exist are zeros; taps in rows that do not exist are left out. Sums of FILTERS x PIXELS stay
m4_dnl in registers over BLOCK channels and all taps: conv_tile.m4. What a tile reads of so many channels stays in the
m4_dnl first level of cache while all filters pass; later blocks add to the result. ADDS: the first one adds, too.
ASSERT([<BLOCK >= 1 && BLOCK <= IN_C>])m4_dnl
m4_define([<BLOCKS>], m4_eval(IN_C > BLOCK))m4_define([<REST_CHANNELS>], m4_eval(IN_C % BLOCK))m4_dnl
ASSERT([<FILTERS >= 1 && PIXELS >= 1 && FILTERS <= OUT_C && PIXELS <= OUT_W>])m4_dnl
m4_define([<TILE_NAME>], [<FUNCTION(_$1x$2)>])m4_dnl
m4_define([<REST_FILTERS>], m4_eval(OUT_C % FILTERS))m4_define([<REST_PIXELS>], m4_eval(OUT_W % PIXELS))m4_dnl
m4_define([<WHOLE_FILTERS>], m4_eval(OUT_C - REST_FILTERS))m4_dnl
m4_define([<WHOLE_PIXELS>], m4_eval(OUT_W - REST_PIXELS))m4_dnl
m4_define([<NO_TAP>], m4_eval(TAPS_H == 0 || TAPS_W == 0))m4_dnl
m4_dnl Threads share the rows of large maps and the filters of small ones.
m4_define([<BY_FILTERS>], m4_eval(SHARES && OUT_H < 16 && WHOLE_FILTERS > FILTERS))m4_dnl
m4_define([<TILE>], [<PART([<train/conv_tile.m4>], [<TILE_FILTERS>], $1, [<TILE_PIXELS>], $2)>])m4_dnl
TILE(FILTERS, PIXELS)
IF(REST_PIXELS, [<TILE(FILTERS, REST_PIXELS)>])
IF(REST_FILTERS, [<TILE(REST_FILTERS, PIXELS)>])
IF(REST_FILTERS && REST_PIXELS, [<TILE(REST_FILTERS, REST_PIXELS)>])
m4_dnl CALL_TILE(filters, pixels, first filter, first pixel)
m4_define([<CALL_TILE>], [<m4_dnl
IF(LANES < LANE_COUNT, [<for (int lane = 0; lane < LANE_COUNT; lane += LANES)
                    >])m4_dnl
APPLY(TILE_NAME($1, $2), [<from>]PLUS_TERM([<$4>], IN_STEP)[<>]IF(LANES < LANE_COUNT, [< + lane>]),
    [<w>]PLUS_TERM([<$3>], W_FILTER), IF(BIAS, [<PLUS([<b>], [<$3>])>]),
    [<to>]PLUS_TERM([<$3>], OUT_PLANE)[<>]PLUS_TERM([<$4>], OUT_STEP)[<>]IF(LANES < LANE_COUNT, [< + lane>]),
    [<row>], [<first>], [<end>], IF(REST_CHANNELS, [<channels>]), IF(BLOCKS && !ADDS, [<c>]));>])m4_dnl
m4_dnl Where the input does not stay in the second level of cache (FETCHES): the rows that the next row of results is
m4_dnl the first to read are fetched meanwhile. So many short runs are more than the machine itself keeps track of.
m4_define([<LAST_ROW>], [<m4_eval(ROW_FIRST + IF(ROW_TAP > 0, ROW_TAP * (TAPS_H - 1), 0))>])m4_dnl
m4_define([<FETCH_ROWS>], [<const int next = TIMES([<(i + 1)>], ROW_STRIDE)[<>]PLUS_TERM([<1>], LAST_ROW), m4_dnl
reach = SMALLER(IN_H, [<next + 1>]);
        for (int c1 = 0; c1 < IF(REST_CHANNELS, [<channels>], BLOCK); c1++)
            for (int y = MINUS([<next>], m4_eval(ROW_STRIDE - 1)); y < reach; y++)
                for (int p = 0; p < IN_ROW; p += LINE)
                    __builtin_prefetch(from + c1 * IN_PLANE + y * IN_ROW + p, 0, 2);>])m4_dnl
m4_define([<FILTER_TILES>], [<m4_dnl
IF(BY_FILTERS, [<for (int k = first_k; k < end_k; k += FILTERS)
                >], [<IF(WHOLE_FILTERS > FILTERS, [<for (int k = 0; k < WHOLE_FILTERS; k += FILTERS)
                >])>])CALL_TILE(FILTERS, $1, IF(WHOLE_FILTERS > FILTERS, k, 0), [<$2>])
            IF(REST_FILTERS, [<IF(BY_FILTERS, [<if (part + 1 == parts)
                >])CALL_TILE(REST_FILTERS, $1, WHOLE_FILTERS, [<$2>])>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict weights>],
    IF(BIAS, [<const float *restrict bias>]), [<float *restrict out>], PART_PARAMETERS)
{
    CLEAR_BORDER
    IF(BY_FILTERS, [<const int first_k = BEGIN_OF([<m4_eval(WHOLE_FILTERS / FILTERS)>]) * FILTERS;
    const int end_k = LIMIT_OF([<m4_eval(WHOLE_FILTERS / FILTERS)>]) * FILTERS;>])
    EACH_GROUP
    IF(BLOCKS, [<for (int c = 0; c < IN_C; c += BLOCK)>])
    for (int i = IF(BY_FILTERS, 0, [<BEGIN_OF(OUT_H)>]); i < IF(BY_FILTERS, OUT_H, [<LIMIT_OF(OUT_H)>]); i++) {
        IF(REST_CHANNELS, [<const int channels = SMALLER(BLOCK, [<IN_C - c>]);>])
        const float *const from = PLUS(in, IN_START)[<>]PLUS_GROUP(IN_C * IN_PLANE)[<>]IF(BLOCKS, [< + c * IN_PLANE>]);
        const float *const w = PLUS(weights, W_START)[<>]PLUS_GROUP(W_GROUP)[<>]IF(BLOCKS, [< + c * W_CHANNEL>]);
        IF(BIAS, [<const float *const b = bias[<>]PLUS_GROUP(OUT_C);>])
        float *const to = PLUS(out, OUT_START)[<>]PLUS_GROUP(OUT_C * OUT_PLANE) + i * OUT_LINE;
        IF(FETCHES && !NO_TAP, [<FETCH_ROWS>])
        const int row = TIMES([<i>], ROW_STRIDE)[<>]PLUS_TERM([<1>], ROW_FIRST);
        const int first = FIRST_TAP([<row>]), end = END_TAP([<row>]);
        WHEN(WHOLE_PIXELS > PIXELS, [<
            for (int j = 0; j < WHOLE_PIXELS; j += PIXELS) {
                FILTER_TILES(PIXELS, [<j>])
            }
        >], [<
            FILTER_TILES(PIXELS, 0)
        >])
        WHEN(REST_PIXELS, [<
            FILTER_TILES(REST_PIXELS, WHOLE_PIXELS)
        >])
    }
}
m4_undefine([<BLOCKS>], [<LAST_ROW>], [<BY_FILTERS>])m4_dnl
