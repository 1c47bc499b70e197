m4_dnl A convolution of s8 that filters each channel by itself, for one instruction set, channels side by side. What
m4_dnl ROWS rows of the result read is copied once: a place of the window holds a pair of numbers of 16 bits, of a row
m4_dnl and of the row that the next tap reads, so that one instruction adds the products of two taps. Only rows that
m4_dnl begin a pair of taps are there, WIN_STEP apart. Weights are pairs, too: [pair of rows][column][channel].
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<CHANNELS % 16 == 0 && IN_PIXEL == CHANNELS && OUT_PIXEL == CHANNELS && ROWS >= 1>])m4_dnl
m4_define([<PAIRS_H>], [<m4_eval((KERNEL_H + 1) / 2)>])m4_dnl
m4_define([<WIN_ROW>], [<m4_eval(WIN_W * CHANNELS)>])m4_dnl
m4_dnl PIXELS pixels of a row at a time, so that weights are read once for all. PAIR(from, weight): adds the products
m4_dnl of a pair of rows and a column.
m4_define([<PAIR>], [<EACH([<V>], BLOCK_VECTORS, [<m4_dnl
                    {
                        const S16 both = *(const S16 *)(w + PLUS($2, m4_eval(V * LANES_32)));
EACH([<Q>], PIXELS, [<m4_dnl
                        sum[<>]V[<>]_[<>]Q = INT[<>]_dot(sum[<>]V[<>]_[<>]Q, m4_dnl
*(const S16 *)(from + PLUS($1, m4_eval(V * LANES_32 + Q * STRIDE_W * CHANNELS))), both);
>])m4_dnl
                    }
>])>])m4_dnl
/* Rows `first', first + WIN_STEP, ... of the input and the rows DILATION_H below them, side by side. */
static TARGET void K_NAME[<>]_window(const signed char *restrict in, int32_t *restrict window, int first, int rows)
{
    signed char blank[CHANNELS];
    memset(blank, ZERO, sizeof blank);
    for (int r = 0; r < rows; r++)
        for (int x = -WIN_LEFT; x < m4_eval(WIN_W - WIN_LEFT); x++, window += CHANNELS) {
            const int y = first + TIMES(r, WIN_STEP), z = y + DILATION_H, seen = x >= 0 && x < IN_W;
            const signed char *a = seen && y >= 0 && y < IN_H ? in + y * (long)IN_ROW + x * IN_PIXEL : blank;
            const signed char *b = seen && z >= 0 && z < IN_H ? in + z * (long)IN_ROW + x * IN_PIXEL : blank;
            for (int c = 0; c < CHANNELS; c += 16)
                INT[<>]_pair_up(a + c, b + c, window + c);
        }
}

/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, const int32_t *restrict weights,
                              const int32_t *restrict ends, signed char *restrict out, float *restrict scratch)
{
    int32_t *const window = (int32_t *)(void *)scratch;
    for (int top = 0; top < OUT_H; top += ROWS) {
        const int rows = OUT_H - top < ROWS ? OUT_H - top : ROWS;
        K_NAME[<>]_window(in, window, top * STRIDE_H - PAD_TOP, m4_dnl
((rows - 1) * STRIDE_H + m4_eval((PAIRS_H - 1) * 2 * DILATION_H)) / WIN_STEP + 1);
        for (int y = 0; y < rows; y++)
            for (int p = 0; p < OUT_W; STEP(p, PIXELS)) {
                const int x = LAST(p, PIXELS, OUT_W);
                const int32_t *from = window + y * m4_eval(STRIDE_H / WIN_STEP * WIN_ROW) + m4_dnl
x * m4_eval(STRIDE_W * CHANNELS);
                const int32_t *w = weights, *end = ends;
                signed char *to = out + ((top + y) * (long)OUT_W + x) * OUT_PIXEL;
                for (int c = 0; c < CHANNELS; c += 16, from += 16, w += 16, to += 16, end += ENDS) {
EACH([<V>], BLOCK_VECTORS, [<EACH([<Q>], PIXELS, [<m4_dnl
                S32 sum[<>]V[<>]_[<>]Q = FIRST([<end>]);
>])>])m4_dnl
IF(PAIRS_H * KERNEL_W <= 16, [<EACH([<I>], PAIRS_H, [<EACH([<J>], KERNEL_W, [<m4_dnl
PAIR([<m4_eval(I * 2 * DILATION_H / WIN_STEP * WIN_ROW + J * DILATION_W * CHANNELS)>], m4_dnl
[<m4_eval((I * KERNEL_W + J) * CHANNELS)>])>])>])>], [<m4_dnl
                for (int i = 0; i < PAIRS_H; i++)
                    for (int j = 0; j < KERNEL_W; j++) {
                        const int at = i * m4_eval(2 * DILATION_H / WIN_STEP * WIN_ROW) + m4_dnl
j * m4_eval(DILATION_W * CHANNELS);
                        const int weight = (i * KERNEL_W + j) * CHANNELS;
PAIR([<at>], [<weight>])m4_dnl
                    }
>])m4_dnl
EACH([<V>], BLOCK_VECTORS, [<                END_TYPE end[<>]V = READ_END([<end>]);
>])m4_dnl
EACH([<Q>], PIXELS, [<                m4_dnl
STORE([<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<RESULT(sum[<>]V[<>]_[<>]Q, end[<>]V)>])>], m4_dnl
[<PLUS(to, m4_eval(Q * OUT_PIXEL))>]);
>])m4_dnl
                }
            }
    }
}
