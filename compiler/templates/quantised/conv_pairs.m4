m4_dnl Convolution of s8 for one instruction set. What a tile reads of all maps is copied into scratch memory, two maps
m4_dnl side by side, as 16 bits: a pair of numbers meets a pair of weights in one instruction, whose 32 bits hold the
m4_dnl sum of both products. TILE pixels of FILTERS filters are summed up in registers at a time. Weights are pairs,
m4_dnl too: for each block of filters and each pair of maps those of a tap for all filters. Otherwise as
m4_dnl quantised/conv.m4.
m4_include([<portable/conv_words.m4>])m4_dnl
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<POOL == 1 && RUN % 8 == 0 && TILE % 8 == 0 && TILE <= RUN>])m4_dnl
m4_define([<K_NAME>], [<@function@_[<>]ISA>])m4_dnl
m4_define([<MAP_PAIRS>], [<m4_eval((IN_PER_GROUP + 1) / 2)>])m4_dnl
m4_define([<BLOCKS>], [<m4_eval((OUT_PER_GROUP + FILTERS - 1) / FILTERS)>])m4_dnl
m4_define([<BLOCK_PAIRS>], [<m4_eval(FILTERS * MAP_PAIRS * KERNEL_H * KERNEL_W)>])m4_dnl
m4_define([<LANES_32>], [<m4_eval(BYTES / 4)>])m4_dnl
m4_define([<GROUP_FILTER>], [<IF(GROUPS > 1, [<TIMES([<g>], OUT_PER_GROUP) + >])>])m4_dnl
m4_define([<GROUP_MAP>], [<IF(GROUPS > 1, [<TIMES([<g>], IN_PER_GROUP) + >])>])m4_dnl
m4_dnl SUM(pixels): sums of that many pixels from p on.
m4_define([<SUM>], [<
EACH([<K>], FILTERS, [<EACH([<V>], m4_eval($1 / LANES_32), [<        PAIRS[<>]_s32 sum[<>]K[<>]_[<>]V = m4_dnl
(PAIRS[<>]_s32){0} + first[K < count ? K : 0];
>])>])m4_dnl
        const int32_t *w = weights;
        for (int c = 0; c < MAP_PAIRS; c++)
            for (int i = 0; i < KERNEL_H; i++)
                for (int j = 0; j < KERNEL_W; j++, w += FILTERS) {
                    const int16_t *from = window + 2 * (TIMES([<c>], MAP) + ROW_PLACE(i) + COLUMN_PLACE(j) + p);
EACH([<V>], m4_eval($1 / LANES_32), [<                    const PAIRS[<>]_s16 x[<>]V = m4_dnl
*(const PAIRS[<>]_s16 *)(from + m4_eval(2 * V * LANES_32));
>])m4_dnl
EACH([<K>], FILTERS, [<                    const PAIRS[<>]_s16 w[<>]K = PAIRS[<>]_all(w[K]);
EACH([<V>], m4_eval($1 / LANES_32), [<                    sum[<>]K[<>]_[<>]V += PAIRS[<>]_dot(x[<>]V, w[<>]K);
>])>])m4_dnl
                }
EACH([<K>], FILTERS, [<EACH([<V>], m4_eval($1 / LANES_32), [<        m4_dnl
*(PAIRS[<>]_s32 *)&sums[K][PLUS(p, m4_eval(V * LANES_32))] = sum[<>]K[<>]_[<>]V;
>])>])m4_dnl
>])m4_dnl
/* What a tile reads of a map, from row `top' and column `left' on, of which there may be none: every second number of
 * the window. */
static TARGET void K_NAME[<>]_window(const signed char *restrict map, int16_t *restrict window, int top, int left)
{
    for (int i = 0; i < PHASES_H; i++)
        for (int j = 0; j < PHASES_W; j++)
            for (int r = 0; r < LINES; r++, window += m4_eval(2 * LINE)) {
                const int y = top + TIMES([<r>], STRIDE_H) + TIMES([<i>], SPREAD_H);
                const int shift = left + TIMES([<j>], SPREAD_W);
                const int before = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                const int reach = CEILING(IN_W - shift, STRIDE_W);
                const int seen = y >= 0 && y < IN_H;
                const int first = !seen || before > LINE ? LINE : before;
                const int end = reach < first ? first : reach < LINE ? reach : LINE;
                const signed char *line = map + (seen ? y : 0) * IN_W;
                for (int x = 0; x < first; x++)
                    window[2 * x] = ZERO;
                for (int x = first; x < end; x++)
                    window[2 * x] = line[TIMES([<x>], STRIDE_W) + shift];
                for (int x = end; x < LINE; x++)
                    window[2 * x] = ZERO;
            }
}

/* Sums of `count' filters over the window. */
static TARGET void K_NAME[<>]_add(const int16_t *restrict window, const int32_t *restrict weights,
                                  const int32_t *restrict first, int count, int32_t sums[FILTERS][RUN])
{
    for (int p = 0; p <= m4_eval(RUN - TILE); p += TILE) {m4_dnl
SUM(TILE)m4_dnl
    }
IF(RUN % TILE, [<    {
        const int p = m4_eval(RUN - RUN % TILE);m4_dnl
SUM(m4_eval(RUN % TILE))m4_dnl
    }
>])m4_dnl
}

/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, const int32_t *restrict weights,
                              const int32_t *restrict channels, signed char *restrict out, float *restrict scratch)
{
    int16_t *const window = (int16_t *)(void *)scratch;
    int32_t sums[FILTERS][RUN];
    for (int y = 0; y < OUT_H; STEP(y, ROWS))
        for (int x = 0; x < OUT_W; STEP(x, COLUMNS))
            for (int g = 0; g < GROUPS; g++) {
                const int top = LAST(y, ROWS, OUT_H), left = LAST(x, COLUMNS, OUT_W);
                for (int c = 0; c < IN_PER_GROUP; c++)
                    K_NAME[<>]_window(in + TIMES([<(GROUP_MAP[<>]c)>], IN_PIXELS),
                                      window + TIMES([<(c / 2)>], m4_eval(2 * MAP)) + c % 2,
                                      LIST(MINUS(TIMES([<top>], STRIDE_H), PAD_TOP),
                                           MINUS(TIMES([<left>], STRIDE_W), PAD_LEFT)));
                WHEN(IN_PER_GROUP % 2, [<
                    for (int i = 0; i < MAP; i++)
                        window[m4_eval(2 * (MAP_PAIRS - 1) * MAP + 1) + 2 * i] = 0;
                >])
                for (int k = 0; k < OUT_PER_GROUP; k += FILTERS) {
                    const int filter = GROUP_FILTER[<>]k;
                    const int count = OUT_PER_GROUP - k < FILTERS ? OUT_PER_GROUP - k : FILTERS;
                    K_NAME[<>]_add(window, weights + (IF(GROUPS > 1, [<g * BLOCKS + >])k / FILTERS) * BLOCK_PAIRS,
                                   channels + filter, count, sums);
                    for (int f = 0; f < count; f++) {
                        const int32_t multiplier = CHANNEL_MULTIPLIER([<filter + f>]), shift = m4_dnl
CHANNEL_SHIFT([<filter + f>]);
                        for (int r = 0; r < ROWS; r++) {
                            const int32_t *from = sums[f] + TIMES([<r>], LINE);
                            signed char *to = out + ((filter + f) * OUT_H + top + r) * OUT_W + left;
                            int q = 0;
                            WHEN(WIDE && COLUMNS >= 8, [<
                                for (; q <= m4_eval(COLUMNS - 8); q += 8)
                                    PAIRS[<>]_requantise(from + q, multiplier, shift, OUT_ZERO, LOW, HIGH, to + q);
                            >])
                            for (; q < COLUMNS; q++)
                                to[q] = RESULT([<from[q]>], [<multiplier>], [<shift>]);
                        }
                    }
                }
            }
}
