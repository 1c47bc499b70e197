m4_dnl Convolution of any window, stride, padding, dilation and number of groups. A tile of ROWS by COLUMNS pixels and
m4_dnl FILTERS filters is summed up at a time. What it reads of a map is copied beside zeros into `window': LINES lines
m4_dnl of LINE numbers, in a plane for each remainder of rows and columns by the strides, or for each tap if there is
m4_dnl dilation. There a weight meets one run of numbers, all lines of the tile with what is between them, so that the
m4_dnl inner loop is long and knows neither edges nor strides. It takes TAPS weights of each filter at a time: TAKEN
m4_dnl rows of a column of the window, or those of DEPTH maps. (With neighbours in a row, clang keeps numbers for the
m4_dnl next round and then finds no vectors.) Where tiles do not divide the map, the last overlap with those before;
m4_dnl only what is new is written, because the residual may lie where the result lies.
ASSERT([<POOL == 1 || POOL == 2 && OUT_H % 2 == 0 && OUT_W % 2 == 0 && ROWS % 2 == 0 && COLUMNS % 2 == 0>])m4_dnl
m4_define([<MAP_TYPE>], [<float>])m4_define([<WINDOW_TYPE>], [<float>])m4_dnl
m4_define([<SUM_TYPE>], [<float>])m4_define([<PADDING>], [<0.0f>])m4_dnl
m4_include([<portable/conv_words.m4>])m4_dnl
m4_dnl Where a row of the tile is written, and a number of it; which sums a pool compares with the first.
m4_define([<HALVED>], [<IF(POOL > 1, [<($1) / POOL>], [<$1>])>])m4_dnl
m4_define([<WRITTEN>], [<((filter + f) * m4_eval(OUT_H / POOL) + HALVED(top + r)) * m4_eval(OUT_W / POOL) + m4_dnl
IF(POOL > 1, left / POOL, left)>])m4_dnl
m4_define([<PLACE_OF>], [<to + IF(POOL > 1, $1 / POOL, $1)>])m4_dnl
m4_define([<OTHER>], [<m4_eval((N + 1) / 2 * LINE + (N + 1) % 2)>])m4_dnl
m4_define([<GROUP_FILTER>], [<IF(GROUPS > 1, [<TIMES([<g>], OUT_PER_GROUP) + >])>])m4_dnl
m4_define([<GROUP_MAP>], [<IF(GROUPS > 1, [<TIMES([<g>], IN_PER_GROUP) + >])>])m4_dnl
m4_include([<portable/conv_tile.m4>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const WEIGHT_TYPE *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = BEHIND([<weights>], WEIGHT_COUNT);>])
    float window[WINDOW] = {0.0f}, sums[FILTERS][RUN];
    for (int y = 0; y < OUT_H; STEP(y, ROWS))
        for (int x = 0; x < OUT_W; STEP(x, COLUMNS))
            IF(GROUPS > 1, [<for (int g = 0; g < GROUPS; g++)>])
            for (int k = 0; k < OUT_PER_GROUP; STEP(k, FILTERS)) {
                const int top = LAST(y, ROWS, OUT_H), left = LAST(x, COLUMNS, OUT_W);
                const int start = LAST(k, FILTERS, OUT_PER_GROUP), filter = GROUP_FILTER[<>]start;
                for (int f = 0; f < FILTERS; f++)
                    for (int p = 0; p < RUN; p++)
                        sums[f][p] = IF(HAS_BIAS, [<bias[filter + f]>], 0.0f);
                for (int c = 0; c < IN_PER_GROUP; STEP(c, DEPTH)) {
                    for (int d = 0; d < DEPTH; d++)
                        @function@_window(in + TIMES([<(GROUP_MAP[<>]PLUS(c, IF(DEPTH > 1, d, 0)))>], IN_PIXELS), m4_dnl
PLUS(window, IF(DEPTH > 1, d * MAP, 0)),
                                          LIST(MINUS(TIMES([<top>], STRIDE_H), PAD_TOP),
                                               MINUS(TIMES([<left>], STRIDE_W), PAD_LEFT)));
                    @function@_add(window, weights + filter * FILTER_WEIGHTS + TIMES([<c>], m4_dnl
m4_eval(KERNEL_H * KERNEL_W)), sums);
                }
                for (int f = FRESH(k, FILTERS, OUT_PER_GROUP, start); f < FILTERS; f++)
                    for (int r = FRESH(y, ROWS, OUT_H, top); r < ROWS; STEP(r, POOL)) {
                        const int to = WRITTEN;
                        for (int q = FRESH(x, COLUMNS, OUT_W, left); q < COLUMNS; STEP(q, POOL)) {
                            const float *at = sums[f] + TIMES([<r>], LINE) + q;
                            WHEN(POOL > 1, [<
                                float sum = at[0];
                                FOR([<N>], 3, [<
                                    sum = at[OTHER] > sum || at[OTHER] != at[OTHER] ? at[OTHER] : sum;
                                >])
                            >], [<
                                const float sum = at[0];
                            >])
                            out[PLACE_OF(q)] = FINISH([<sum>], [<filter + f>], [<PLACE_OF(q)>]);
                        }
                    }
            }
}
