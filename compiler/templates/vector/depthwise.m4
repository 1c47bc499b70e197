m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Depthwise convolution of blocked tensors: vectors over channels; the weights of all taps and a tile
m4_dnl of pixels stay in registers. Weights: [16 channels][window][channel]; then the biases.
ASSERT([<TILE_W >= 1 && WIDE * (TILE_W + 1) <= OUT_W && OUT_H % TILE_H == 0>])m4_dnl
m4_define([<TAPS>], m4_eval(KERNEL_H * KERNEL_W))m4_dnl
m4_dnl
m4_dnl TILE(rows, columns)
m4_define([<TILE>], [<EACH([<R>], [<$1>], [<EACH([<P>], [<$2>], [<                VECTOR a[<>]R[<>]_[<>]P = b;
>])>])m4_dnl
EACH([<K>], TAPS, [<EACH([<R>], [<$1>], [<EACH([<P>], [<$2>], [<                a[<>]R[<>]_[<>]P += w[<>]K * LOAD(AT(x, R * PIXEL_ROW + P * PIXEL_COLUMN + K / KERNEL_W * TAP_ROW + K % KERNEL_W * TAP_COLUMN));
>])>])>])m4_dnl
EACH([<R>], [<$1>], [<EACH([<P>], [<$2>], [<                { const VECTOR sum = a[<>]R[<>]_[<>]P[<>]IF(RESIDUAL, [< + LOAD(AT(from, R * RESIDUAL_ROW + P * 16))>]); STORE(AT(to, R * OUT_ROW + P * 16), VECTOR_ACTIVATE(sum)) }
>])>])m4_dnl
                x += m4_eval($2 * PIXEL_COLUMN);
                to += m4_eval($2 * 16);
IF(RESIDUAL, [<                from += m4_eval($2 * 16);
>])>])m4_dnl
/* @about@ */
WORK(const float *restrict in, IF(RESIDUAL, [<const float *residual, >])const float *restrict weights, float *out)
{
    ZERO_HALO(out, BLOCKS, OUT_PLANE, OUT_ROW)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int lane = 0; lane < 16; lane += LANES) {
            const float *w = weights + block * m4_eval(TAPS * 16) + lane;
            const VECTOR b = LOAD(weights + m4_eval(BLOCKS * TAPS * 16) + block * 16 + lane);
EACH([<K>], TAPS, [<            const VECTOR w[<>]K = LOAD(AT(w, K * 16));
>])m4_dnl
            for (int y = 0; y < OUT_H; y += TILE_H) {
                const float *x = PLUS(in, IN_START) + STEPS(block, IN_PLANE, BLOCKS) + y * PIXEL_ROW + lane;
                float *to = PLUS(out, OUT_START) + STEPS(block, OUT_PLANE, BLOCKS) + y * OUT_ROW + lane;
IF(RESIDUAL, [<                const float *from = PLUS(residual, RESIDUAL_START) + STEPS(block, RESIDUAL_PLANE, BLOCKS) + y * RESIDUAL_ROW + lane;
>])m4_dnl
IF(WIDE, [<                for (int tile = 0; tile < WIDE; tile++) {
TILE(TILE_H, m4_eval(TILE_W + 1))
                }
>])m4_dnl
IF(OUT_W - WIDE * (TILE_W + 1), [<                for (int tile = 0; tile < m4_eval((OUT_W - WIDE * (TILE_W + 1)) / TILE_W); tile++) {
TILE(TILE_H, TILE_W)
                }
>])m4_dnl
            }
        }
}
SHARE([<in>], IF(RESIDUAL, [<[<residual>], >])[<weights>])
