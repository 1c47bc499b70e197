m4_dnl Convolution of s8 for one instruction set, channels side by side. What ROWS rows of the result read is copied
m4_dnl once as numbers of 16 bits, padding and all: the window, whose pixels have WIN_PIXEL numbers, GROUP_PIXEL for
m4_dnl each group, a multiple of four. A tile is PIXELS pixels of the result by BLOCKS blocks of 16 filters, whose sums
m4_dnl stay in registers: a pair of the window's numbers, in all places, meets a vector of pairs of weights. Weights
m4_dnl are, for each block and tap, quads of channels: those of the first two for 16 filters, then those of the other
m4_dnl two.
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<IN_PER_GROUP <= GROUP_PIXEL && GROUP_PIXEL % 4 == 0 && WIN_PIXEL == GROUPS * GROUP_PIXEL>])m4_dnl
ASSERT([<ROWS >= 1 && PIXELS >= 1 && UNIT >= 1>])m4_dnl
m4_define([<BLOCKS>], [<m4_eval((OUT_PER_GROUP + 15) / 16)>])m4_dnl
m4_define([<TAPS_ROW>], [<m4_eval(IF(DILATION_W == 1 && GROUPS == 1, KERNEL_W, 1))>])m4_dnl
m4_define([<RUN>], [<m4_eval(TAPS_ROW * GROUP_PIXEL)>])m4_dnl
m4_define([<BLOCK_BYTES>], [<m4_eval(KERNEL_H * KERNEL_W * GROUP_PIXEL * 16)>])m4_dnl
m4_define([<FITS>], [<m4_eval(GROUPS == 1 || OUT_PER_GROUP % 16 == 0)>])m4_dnl
m4_define([<WIN_ROW>], [<m4_eval(WIN_W * WIN_PIXEL)>])m4_dnl
m4_define([<AT_PIXEL>], [<IF(PIXELS == 1, 0, [<($1 < rest ? $1 : rest - 1)>])>])m4_dnl
m4_dnl TILE(blocks)
m4_define([<TILE>], [<m4_pushdef([<COUNT>], [<$1>])m4_dnl
static TARGET __attribute__((noinline)) void K_NAME[<>]_tile$1(LIST([<const int16_t *restrict window>],
    [<const int32_t *restrict places>], [<const signed char *restrict weights>], [<const int32_t *restrict ends>],
    [<signed char *restrict out>], [<int rest>], IF(FITS, [<>], [<int channels>])))
{
    IF(PIXELS == 1, [<(void)rest;>])
EACH([<Q>], PIXELS, [<    const int16_t *const x[<>]Q = window + places[AT_PIXEL(Q)];
>])m4_dnl
EACH([<B>], COUNT, [<EACH([<V>], BLOCK_VECTORS, [<EACH([<Q>], PIXELS, [<    m4_dnl
S32 s[<>]B[<>]_[<>]V[<>]_[<>]Q = FIRST(PLUS([<ends>], m4_eval(B * ENDS)));
>])>])>])m4_dnl
    for (int i = 0; i < KERNEL_H; i++)
        for (int j = 0; j < m4_eval(KERNEL_W / TAPS_ROW); j++) {
            const int from = TIMES(i, m4_eval(DILATION_H * WIN_ROW)) + TIMES(j, m4_eval(DILATION_W * WIN_PIXEL));
            for (int c = from; c < from + RUN; c += 4, weights += 64) {
EACH([<H>], 2, [<EACH([<B>], COUNT, [<EACH([<V>], BLOCK_VECTORS, [<m4_dnl
                const S16 w[<>]H[<>]_[<>]B[<>]_[<>]V = m4_dnl
INT[<>]_weights(weights + m4_eval(B * BLOCK_BYTES + H * 32 + V * BYTES / 2));
>])>])m4_dnl
EACH([<Q>], PIXELS, [<m4_dnl
                const S16 a[<>]H[<>]_[<>]Q = INT[<>]_all(x[<>]Q + PLUS(c, m4_eval(2 * H)));
EACH([<B>], COUNT, [<EACH([<V>], BLOCK_VECTORS, [<m4_dnl
                s[<>]B[<>]_[<>]V[<>]_[<>]Q = INT[<>]_dot(s[<>]B[<>]_[<>]V[<>]_[<>]Q, a[<>]H[<>]_[<>]Q, m4_dnl
w[<>]H[<>]_[<>]B[<>]_[<>]V);
>])>])>])>])m4_dnl
            }
        }
EACH([<B>], COUNT, [<    {
EACH([<V>], BLOCK_VECTORS, [<        END_TYPE end[<>]V = READ_END(PLUS([<ends>], m4_eval(B * ENDS)));
>])m4_dnl
EACH([<Q>], PIXELS, [<        STORE_PIXEL(Q, [<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<m4_dnl
RESULT(s[<>]B[<>]_[<>]V[<>]_[<>]Q, end[<>]V)>])>])
>])m4_dnl
    }
>])m4_dnl
}
m4_popdef([<COUNT>])m4_dnl
>])m4_dnl
m4_define([<STORE_PIXEL>], [<IF(FITS, [<STORE([<$2>], m4_dnl
[<out + PLUS(TIMES(AT_PIXEL($1), OUT_PIXEL), m4_eval(B * 16))>]);>], [<{
            signed char all[16];
            STORE([<$2>], [<all>]);
            const int more = channels - m4_eval(B * 16);
            memcpy(out + PLUS(TIMES(AT_PIXEL($1), OUT_PIXEL), m4_eval(B * 16)), all, (size_t)(more < 16 ? more : 16));
        }>])>])m4_dnl
m4_dnl CALLS(blocks): all tiles of so many blocks of filters from block b on.
m4_define([<TILES>], [<for (int p = 0; p < pixels; STEP(p, PIXELS))
                        K_NAME[<>]_tile$1(LIST([<IF(GROUPS > 1, [<window + TIMES(g, GROUP_PIXEL)>], m4_dnl
[<window>])>], [<places + p>],
                                       [<weights + block * (long)BLOCK_BYTES>], [<ends + block * ENDS>],
                                       [<out + ((long)y * OUT_W + p) * OUT_PIXEL + m4_dnl
IF(GROUPS > 1, [<g * OUT_PER_GROUP + >])b * 16>], [<pixels - p>], IF(FITS, [<>], [<OUT_PER_GROUP - b * 16>])));>])m4_dnl
m4_include([<quantised/channels_window.m4>])
TILE(UNIT)
IF(BLOCKS % UNIT, [<TILE(m4_eval(BLOCKS % UNIT))
>])m4_dnl
/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, const signed char *restrict weights,
                              const int32_t *restrict ends, signed char *restrict out, float *restrict scratch)
{
    int32_t *const places = (int32_t *)(void *)scratch;
    int16_t *const window = (int16_t *)(void *)(places + PLACES);
    for (int p = 0; p < m4_eval(ROWS * OUT_W); p++)
        places[p] = p / OUT_W * m4_eval(STRIDE_H * WIN_ROW) + p % OUT_W * m4_eval(STRIDE_W * WIN_PIXEL);
    for (int y = 0; y < OUT_H; y += ROWS) {
        const int rows = OUT_H - y < ROWS ? OUT_H - y : ROWS, pixels = TIMES(rows, OUT_W);
        K_NAME[<>]_window(in, window, y * m4_eval(STRIDE_H * STEP_H) - PAD_TOP, (rows - 1) * STRIDE_H + REACH_H);
        for (int g = 0; g < GROUPS; g++) {
            WHEN(BLOCKS >= UNIT, [<
                for (int b = 0; b <= m4_eval(BLOCKS - UNIT); b += UNIT) {
                    const int block = g * BLOCKS + b;
                    TILES(UNIT)
                }
            >])
            WHEN(BLOCKS % UNIT, [<
                {
                    const int b = m4_eval(BLOCKS / UNIT * UNIT), block = g * BLOCKS + b;
                    TILES(m4_eval(BLOCKS % UNIT))
                }
            >])
        }
    }
}
