m4_dnl Convolution of s8 by Winograd's F(4x4,3x3) for one instruction set, channels side by side. The algorithm's
m4_dnl matrices have fractions; with the rows of one times 4, 6, 6, 24, 24 and 1 all is integers, and what comes out is
m4_dnl 576 times the sum: the sum is found exactly, as long as 64 times it fits into 32 bits, which cnnc has made sure
m4_dnl of. Inputs of 8 bits become 16 bits (100 * 128 at most), weights too (49 * 127).
m4_dnl
m4_dnl ROWS rows of tiles are taken at a time: copied with their padding (the window), transformed (INPUT,
m4_dnl [position][tile] [channel]), multiplied (for each block of 16 filters and each position, PIXELS tiles at a time)
m4_dnl and transformed back.
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<KERNEL_H == 3 && KERNEL_W == 3 && WIN_W == 4 * TILES_X + 2>])m4_dnl
ASSERT([<WIN_PIXEL == CHANNELS && CHANNELS % 16 == 0>])m4_dnl
m4_define([<WIN_ROW>], [<m4_eval(WIN_W * WIN_PIXEL)>])m4_dnl
m4_define([<MOST_TILES>], [<m4_eval(ROWS * TILES_X)>])m4_dnl
m4_define([<BLOCKS>], [<m4_eval((OUT_C + 15) / 16)>])m4_dnl
m4_define([<POSITION>], [<m4_eval(MOST_TILES * CHANNELS)>])m4_dnl
m4_define([<SUMS>], [<m4_eval(MOST_TILES * 16)>])m4_dnl
m4_define([<STEP_16>], [<m4_eval(BYTES / 2)>])m4_dnl
m4_define([<AT_TILE>], [<(t + $1 < tiles ? t + $1 : tiles - 1)>])m4_dnl
m4_dnl IN_LINE(to, from): a line of the input's transform; from(i) and to(i) name its six vectors.
m4_define([<IN_LINE>], [<            $1(0) = $2(0) * 4 - $2(2) * 5 + $2(4);
            $1(1) = $2(3) + $2(4) - ($2(1) + $2(2)) * 4;
            $1(2) = $2(4) - $2(3) + ($2(1) - $2(2)) * 4;
            $1(3) = $2(4) - $2(2) + ($2(3) - $2(1)) * 2;
            $1(4) = $2(4) - $2(2) - ($2(3) - $2(1)) * 2;
            $1(5) = $2(1) * 4 - $2(3) * 5 + $2(5);
>])m4_dnl
m4_define([<OUT_LINE>], [<            {
                const U32 sum = $2(1) + $2(2), rest = $2(1) - $2(2), more = $2(3) + $2(4), less = $2(3) - $2(4);
                $1(0) = $2(0) * 6 + sum * 4 + more;
                $1(1) = rest * 4 + less * 2;
                $1(2) = (sum + more) * 4;
                $1(3) = rest * 4 + less * 8 + $2(5) * 24;
            }
>])m4_dnl
m4_define([<U32>], [<INT[<>]_u32>])m4_dnl
m4_include([<quantised/channels_window.m4>])

/* Transforms `tiles' tiles of the window. */
static TARGET void K_NAME[<>]_in(const int16_t *restrict window, int16_t *restrict to, int tiles)
{
m4_define([<FROM>], [<*(const S16 *)(from + m4_eval($1 * WIN_ROW) + column)>])m4_dnl
m4_define([<HALF>], [<half[$1][j]>])m4_dnl
m4_define([<ACROSS>], [<half[i][$1]>])m4_dnl
m4_define([<TO>], [<*(S16 *)(line + m4_eval($1 * POSITION))>])m4_dnl
    for (int t = 0; t < tiles; t++, to += CHANNELS)
        for (int c = 0; c < CHANNELS; c += STEP_16) {
            const int16_t *from = window + t / TILES_X * m4_eval(4 * WIN_ROW) + t % TILES_X * m4_eval(4 * CHANNELS) + c;
            S16 half[6][6];
EACH([<J>], 6, [<            {
                const int j = J, column = m4_eval(J * CHANNELS);
IN_LINE([<HALF>], [<FROM>])            }
>])m4_dnl
EACH([<I>], 6, [<            {
                const int i = I;
                int16_t *const line = to + m4_eval(I * 6 * POSITION) + c;
IN_LINE([<TO>], [<ACROSS>])            }
>])m4_dnl
        }
}

/* The sums of 16 filters at one position. */
static TARGET __attribute__((noinline)) void K_NAME[<>]_tile(const int16_t *restrict in,
                                   const int16_t *restrict weights, int32_t *restrict sums, int tiles)
{
    for (int t = 0; t < tiles; t += PIXELS) {
        const int16_t *w = weights;
EACH([<Q>], PIXELS, [<        const int16_t *const x[<>]Q = in + AT_TILE(Q) * CHANNELS;
>])m4_dnl
EACH([<V>], BLOCK_VECTORS, [<EACH([<Q>], PIXELS, [<        S32 s[<>]V[<>]_[<>]Q = {0};
>])>])m4_dnl
        for (int c = 0; c < CHANNELS; c += 4, w += 64) {
EACH([<H>], 2, [<EACH([<V>], BLOCK_VECTORS, [<            const S16 w[<>]H[<>]_[<>]V = m4_dnl
*(const S16 *)(w + m4_eval(H * 32 + V * STEP_16));
>])m4_dnl
EACH([<Q>], PIXELS, [<            const S16 a[<>]H[<>]_[<>]Q = INT[<>]_all(x[<>]Q + PLUS(c, m4_eval(2 * H)));
EACH([<V>], BLOCK_VECTORS, [<            s[<>]V[<>]_[<>]Q = INT[<>]_dot(s[<>]V[<>]_[<>]Q, a[<>]H[<>]_[<>]Q, m4_dnl
w[<>]H[<>]_[<>]V);
>])>])>])m4_dnl
        }
EACH([<Q>], PIXELS, [<EACH([<V>], BLOCK_VECTORS, [<        m4_dnl
*(S32 *)(sums + AT_TILE(Q) * 16 + m4_eval(V * LANES_32)) = s[<>]V[<>]_[<>]Q;
>])>])m4_dnl
    }
}

/* The results of 16 filters from row `top' of the result on. */
static TARGET void K_NAME[<>]_out(const int32_t *restrict sums, const int32_t *restrict ends,
                                  signed char *restrict out, int top, int tiles)
{
m4_define([<FROM>], [<*(const U32 *)(from + m4_eval($1 * 6 * SUMS) + column)>])m4_dnl
m4_define([<ACROSS>], [<half[i][$1]>])m4_dnl
m4_define([<TO>], [<results[v][i][$1]>])m4_dnl
    for (int t = 0; t < tiles; t++) {
        const int y = top + t / TILES_X * 4, x = t % TILES_X * 4;
        U32 results[BLOCK_VECTORS][4][4];
        for (int v = 0; v < BLOCK_VECTORS; v++) {
            const int32_t *from = sums + t * 16 + v * LANES_32;
            U32 half[4][6];
EACH([<J>], 6, [<            {
                const int j = J, column = m4_eval(J * SUMS);
OUT_LINE([<HALF>], [<FROM>])            }
>])m4_dnl
EACH([<I>], 4, [<            {
                const int i = I;
OUT_LINE([<TO>], [<ACROSS>])            }
>])m4_dnl
        }
EACH([<V>], BLOCK_VECTORS, [<        const S32 first[<>]V = FIRST([<ends>]);
        END_TYPE end[<>]V = READ_END([<ends>]);
>])m4_dnl
        for (int i = 0; i < 4 && y + i < OUT_H; i++)
            for (int j = 0; j < 4 && x + j < OUT_W; j++) {
                /* A 64th of a ninth: 954437177 * 9 is 1 in 32 bits. */
EACH([<V>], BLOCK_VECTORS, [<                const S32 sum[<>]V = m4_dnl
((S32)(results[V][i][j] * 954437177u) >> 6) + first[<>]V;
>])m4_dnl
                STORE([<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<RESULT(sum[<>]V, end[<>]V)>])>], m4_dnl
[<out + ((y + i) * (long)OUT_W + x + j) * OUT_PIXEL>]);
            }
    }
}

/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, const int32_t *restrict weights,
                              const int32_t *restrict ends, signed char *restrict out, float *restrict scratch)
{
    int32_t *const sums = (int32_t *)(void *)scratch;
    int16_t *const input = (int16_t *)(void *)(sums + m4_eval(36 * SUMS));
    int16_t *const window = input + m4_eval(36 * POSITION);
    for (int top = 0; top < OUT_H; top += m4_eval(4 * ROWS)) {
        const int more = (OUT_H - top + 3) / 4, rows = more < ROWS ? more : ROWS, tiles = rows * TILES_X;
        const int16_t *w = (const int16_t *)(const void *)weights;
        K_NAME[<>]_window(in, window, top - PAD_TOP, 4 * rows + 2);
        K_NAME[<>]_in(window, input, tiles);
        for (int b = 0; b < BLOCKS; b++) {
            for (int p = 0; p < 36; p++, w += m4_eval(CHANNELS * 16))
                K_NAME[<>]_tile(input + p * POSITION, w, sums + p * SUMS, tiles);
            K_NAME[<>]_out(sums, ends + b * ENDS, out + 16 * b, top, tiles);
        }
    }
}
