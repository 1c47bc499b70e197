m4_dnl Convolution of s8: as portable/conv.m4, of integers. The window holds 16 bits, so that products of pairs and
m4_dnl their sums fit into 32 and compilers find the instructions for that; padding is the input's zero point.
m4_define([<MAP_TYPE>], [<signed char>])m4_define([<WINDOW_TYPE>], [<int16_t>])m4_dnl
m4_define([<WEIGHT_TYPE>], [<signed char>])m4_define([<SUM_TYPE>], [<int32_t>])m4_define([<PADDING>], [<ZERO>])m4_dnl
m4_include([<portable/conv_words.m4>])m4_dnl
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<POOL == 1>])m4_dnl
m4_define([<GROUP_FILTER>], [<IF(GROUPS > 1, [<TIMES([<g>], OUT_PER_GROUP) + >])>])m4_dnl
m4_define([<GROUP_MAP>], [<IF(GROUPS > 1, [<TIMES([<g>], IN_PER_GROUP) + >])>])m4_dnl
m4_include([<portable/conv_tile.m4>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, const signed char *restrict weights,
                       const int32_t *restrict channels, signed char *restrict out)
{
    int16_t window[WINDOW] = {0};
    int32_t sums[FILTERS][RUN];
    for (int y = 0; y < OUT_H; STEP(y, ROWS))
        for (int x = 0; x < OUT_W; STEP(x, COLUMNS))
            IF(GROUPS > 1, [<for (int g = 0; g < GROUPS; g++)>])
            for (int k = 0; k < OUT_PER_GROUP; STEP(k, FILTERS)) {
                const int top = LAST(y, ROWS, OUT_H), left = LAST(x, COLUMNS, OUT_W);
                const int start = LAST(k, FILTERS, OUT_PER_GROUP), filter = GROUP_FILTER[<>]start;
                for (int f = 0; f < FILTERS; f++)
                    for (int p = 0; p < RUN; p++)
                        sums[f][p] = CHANNEL_FIRST([<filter + f>]);
                for (int c = 0; c < IN_PER_GROUP; STEP(c, DEPTH)) {
                    for (int d = 0; d < DEPTH; d++)
                        @function@_window(in + TIMES([<(GROUP_MAP[<>]PLUS(c, IF(DEPTH > 1, d, 0)))>], IN_PIXELS), m4_dnl
PLUS(window, IF(DEPTH > 1, d * MAP, 0)),
                                          LIST(MINUS(TIMES([<top>], STRIDE_H), PAD_TOP),
                                               MINUS(TIMES([<left>], STRIDE_W), PAD_LEFT)));
                    @function@_add(window, weights + filter * FILTER_WEIGHTS + TIMES([<c>], m4_dnl
m4_eval(KERNEL_H * KERNEL_W)), sums);
                }
                for (int f = 0; f < FILTERS; f++) {
                    const int32_t multiplier = CHANNEL_MULTIPLIER([<filter + f>]), shift = m4_dnl
CHANNEL_SHIFT([<filter + f>]);
                    for (int r = 0; r < ROWS; r++) {
                        signed char *to = out + ((filter + f) * OUT_H + top + r) * OUT_W + left;
                        for (int q = 0; q < COLUMNS; q++)
                            to[q] = RESULT([<sums[f][TIMES([<r>], LINE) + q]>], [<multiplier>], [<shift>]);
                    }
                }
            }
}
