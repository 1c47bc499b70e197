m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a convolution's weights, dL/dw = the sum over images and pixels of dL/dy * x, where few channels
m4_dnl come in and few filters go out, or each channel has filters of its own. Sums of TILE_FILTERS filters by
m4_dnl TILE_ROWS x TILE_COLUMNS taps, one for each image, stay in registers over the map; those of the images are added
m4_dnl up in the end.
m4_define([<REST_FILTERS>], m4_eval(FILTERS % TILE_FILTERS))m4_define([<REST_TAPS>], m4_dnl
m4_eval(TAPS_W % TILE_COLUMNS))m4_dnl
m4_define([<WHOLE_FILTERS>], m4_eval(FILTERS - REST_FILTERS))m4_define([<WHOLE_TAPS>], m4_dnl
m4_eval(TAPS_W - REST_TAPS))m4_dnl
m4_define([<TAPS>], m4_eval(TAPS_H * TAPS_W))m4_define([<ALL_TAPS>], m4_eval(TILE_ROWS == TAPS_H && TAPS_H > 1))m4_dnl
m4_define([<TILE_NAME>], [<FUNCTION(_$1x$2)>])m4_dnl
m4_define([<TILE>], [<PART([<train/weights_lanes_tile.m4>], [<SUM_FILTERS>], $1, [<SUM_COLUMNS>], $2)>])m4_dnl
TILE(TILE_FILTERS, TILE_COLUMNS)
IF(REST_TAPS, [<TILE(TILE_FILTERS, REST_TAPS)>])
IF(REST_FILTERS, [<TILE(REST_FILTERS, TILE_COLUMNS)>])
IF(REST_FILTERS && REST_TAPS, [<TILE(REST_FILTERS, REST_TAPS)>])
m4_dnl CALL_TILE(filters, taps, first filter, first tap)
m4_define([<CALL_TILE>], [<APPLY(TILE_NAME($1, $2), [<x>]PLUS_TERM([<$4>], m4_eval(DILATION_W * LANE_COUNT)),
    [<dy>]PLUS_TERM([<$3>], OUT_PLANE), [<to>]PLUS_TERM([<$3>], m4_eval(CHANNELS * TAPS))[<>]PLUS_TERM([<$4>], 1),
    [<row>], [<first>], [<end>], [<fresh>]);>])m4_dnl
m4_define([<TAP_TILES>], [<m4_dnl
IF(WHOLE_TAPS > TILE_COLUMNS, [<for (int u = 0; u < WHOLE_TAPS; u += TILE_COLUMNS)
                        >])CALL_TILE($1, TILE_COLUMNS, [<$2>], IF(WHOLE_TAPS > TILE_COLUMNS, u, 0))
                    IF(REST_TAPS, [<CALL_TILE($1, REST_TAPS, [<$2>], WHOLE_TAPS)>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict result>],
    [<float *restrict gradient>], [<int fresh>], PART_PARAMETERS)
{
    IF(GROUPS > 1, [<for (int g = BEGIN_OF(GROUPS); g < LIMIT_OF(GROUPS); g++)>])
        for (int c = IF(GROUPS > 1, 0, [<BEGIN_OF(CHANNELS)>]); m4_dnl
c < IF(GROUPS > 1, CHANNELS, [<LIMIT_OF(CHANNELS)>]); c++)
            for (int t = 0; t < TAPS_H; t += TILE_ROWS) {
                const int row = MINUS(TIMES([<t>], DILATION_H), PAD_TOP);
                WHEN(ALL_TAPS, [<
                    const int first = 0, end = OUT_H;
                >], [<
                    const int first = row < 0 ? CEILING(-row, STRIDE_H) : 0;
                    const int reach = CEILING(IN_H - row, STRIDE_H), end = SMALLER(OUT_H, reach);
                >])
                const float *const x = PLUS(in, IN_START) + c * IN_PLANE[<>]PLUS_GROUP(CHANNELS * IN_PLANE);
                const float *const dy = PLUS(result, OUT_START)[<>]PLUS_GROUP(FILTERS * OUT_PLANE);
                float *const to = gradient[<>]PLUS_GROUP(FILTERS * CHANNELS * TAPS) + c * TAPS + t * TAPS_W;
                WHEN(WHOLE_FILTERS > TILE_FILTERS, [<
                    for (int k = 0; k < WHOLE_FILTERS; k += TILE_FILTERS) {
                        TAP_TILES(TILE_FILTERS, k)
                    }
                >], [<
                    TAP_TILES(TILE_FILTERS, 0)
                >])
                WHEN(REST_FILTERS, [<
                    TAP_TILES(REST_FILTERS, WHOLE_FILTERS)
                >])
            }
}
m4_undefine([<TAPS>], [<ALL_TAPS>])m4_dnl
