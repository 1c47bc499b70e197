m4_dnl Convolution of any window, stride, padding, dilation and number of groups. A tile of ROWS by COLUMNS pixels and
m4_dnl FILTERS filters is summed up at a time. What it reads of a map is copied beside zeros into `window': LINES lines
m4_dnl of LINE numbers, in a plane for each remainder of rows and columns by the strides, or for each tap if there is
m4_dnl dilation. There a weight meets one run of numbers, all lines of the tile with what is between them, so that the
m4_dnl inner loop is long and knows neither edges nor strides. It takes TAPS weights of each filter at a time: TAKEN
m4_dnl rows of a column of the window, or those of DEPTH maps. (With neighbours in a row, clang keeps numbers for the
m4_dnl next round and then finds no vectors.) Where tiles do not divide the map, the last overlap with those before;
m4_dnl only what is new is written, because the residual may lie where the result lies.
ASSERT([<IN_PER_GROUP >= 1 && OUT_PER_GROUP >= 1 && OUT_C == GROUPS * OUT_PER_GROUP>])m4_dnl
ASSERT([<STRIDE_H >= 1 && STRIDE_W >= 1 && SPREAD_H >= 1 && SPREAD_W >= 1>])m4_dnl
ASSERT([<FILTERS <= OUT_PER_GROUP && ROWS <= OUT_H && COLUMNS <= OUT_W && RUN >= (ROWS - 1) * LINE + COLUMNS>])m4_dnl
ASSERT([<KERNEL_H % TAKEN == 0 && (TAKEN == KERNEL_H || TAKEN == 1 || REMAINDERS_H == 1)>])m4_dnl
ASSERT([<IN_PER_GROUP % DEPTH == 0 && (DEPTH == 1 || KERNEL_H == 1)>])m4_dnl
ASSERT([<POOL == 1 || POOL == 2 && OUT_H % 2 == 0 && OUT_W % 2 == 0 && ROWS % 2 == 0 && COLUMNS % 2 == 0>])m4_dnl
m4_define([<TAPS>], [<m4_eval(TAKEN * DEPTH)>])m4_dnl
m4_define([<PLANE>], [<m4_eval(LINES * LINE)>])m4_dnl
m4_define([<MAP>], [<m4_eval(PHASES_H * PHASES_W * PLANE)>])m4_dnl
m4_define([<FILTER_WEIGHTS>], [<m4_eval(IN_PER_GROUP * KERNEL_H * KERNEL_W)>])m4_dnl
m4_dnl ROW_PLACE(i), COLUMN_PLACE(j): where a row or column of the window begins among the planes.
m4_define([<PLACE>], [<IF($2 == 1, [<TIMES([<$1>], $3)>], [<TIMES([<$1 % $2>], $3) + TIMES([<$1 / $2>], $4)>])>])m4_dnl
m4_define([<ROW_PLACE>], [<PLACE([<$1>], REMAINDERS_H, STEP_H, LINE)>])m4_dnl
m4_define([<COLUMN_PLACE>], [<PLACE([<$1>], REMAINDERS_W, STEP_W, 1)>])m4_dnl
m4_define([<TAP_PLACE>], [<m4_eval(IF(DEPTH > 1, T * MAP, [<ROW_PLACE(T)>]))>])m4_dnl
m4_define([<TAP>], [<w[m4_eval(K * FILTER_WEIGHTS + T * KERNEL_W)] * from[PLUS(p, TAP_PLACE)]>])m4_dnl
m4_dnl Where a row of the tile is written, and a number of it; which sums a pool compares with the first.
m4_define([<HALVED>], [<IF(POOL > 1, [<($1) / POOL>], [<$1>])>])m4_dnl
m4_define([<WRITTEN>], [<((filter + f) * m4_eval(OUT_H / POOL) + HALVED(top + r)) * m4_eval(OUT_W / POOL) + m4_dnl
IF(POOL > 1, left / POOL, left)>])m4_dnl
m4_define([<PLACE_OF>], [<to + IF(POOL > 1, $1 / POOL, $1)>])m4_dnl
m4_define([<OTHER>], [<m4_eval((N + 1) / 2 * LINE + (N + 1) % 2)>])m4_dnl
m4_define([<GROUP_FILTER>], [<IF(GROUPS > 1, [<TIMES([<g>], OUT_PER_GROUP) + >])>])m4_dnl
m4_define([<GROUP_MAP>], [<IF(GROUPS > 1, [<TIMES([<g>], IN_PER_GROUP) + >])>])m4_dnl
/* What a tile reads of a map, from row `top' and column `left' on, of which there may be none. */
static void @function@_window(const float *restrict map, float *restrict window, int top, int left)
{
    for (int i = 0; i < PHASES_H; i++)
        for (int j = 0; j < PHASES_W; j++)
            for (int r = 0; r < LINES; r++, window += LINE) {
                const int y = top + TIMES([<r>], STRIDE_H) + TIMES([<i>], SPREAD_H);
                const int shift = left + TIMES([<j>], SPREAD_W);
                WHEN(CLIP_H, [<
                    if (y < 0 || y >= IN_H) {
                        for (int x = 0; x < LINE; x++)
                            window[x] = 0.0f;
                        continue;
                    }
                >])
                const float *line = map + y * IN_W;
                WHEN(CLIP_W, [<
                    const int before = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                    const int reach = CEILING(IN_W - shift, STRIDE_W);
                    const int first = before < LINE ? before : LINE;
                    const int end = reach < first ? first : reach < LINE ? reach : LINE;
                    for (int x = 0; x < first; x++)
                        window[x] = 0.0f;
                    for (int x = first; x < end; x++)
                        window[x] = line[TIMES([<x>], STRIDE_W) + shift];
                    for (int x = end; x < LINE; x++)
                        window[x] = 0.0f;
                >], [<
                    for (int x = 0; x < LINE; x++)
                        window[x] = line[TIMES([<x>], STRIDE_W) + shift];
                >])
            }
}

/* Adds what FILTERS filters, whose weights begin at `all', make of the window. */
static void @function@_add(const float *restrict window, const float *restrict all, float sums[FILTERS][RUN])
{
    for (int i = 0; i < KERNEL_H; STEP(i, TAKEN))
        for (int j = 0; j < KERNEL_W; j++) {
            const float *from = window + TERMS(IF(TAKEN < KERNEL_H, [<ROW_PLACE(i)>]), [<COLUMN_PLACE(j)>]);
            const float *w = all + TERMS(IF(TAKEN < KERNEL_H, [<TIMES(i, KERNEL_W)>]), j);
            for (int p = 0; p < RUN; p++) {
EACH([<K>], FILTERS, [<                sums[K][p] = sums[K][p]EACH([<T>], TAPS, [< + TAP>]);
>])            }
        }
}

/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const float *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = weights + WEIGHT_COUNT;>])
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
