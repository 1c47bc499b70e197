m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Depthwise convolution of blocked tensors: vectors over channels; the weights of all taps and a tile
m4_dnl of pixels stay in registers (depthwise_tile.m4), unless there are too many taps (UNROLLED is 0), which a loop
m4_dnl goes through. Weights: [BLOCK channels][window][channel]; then the biases,
m4_dnl and slopes. A row of tiles begins with WIDE of them that are a pixel wider than the NARROW others.
ASSERT([<TILE_W >= 1 && WIDE * (TILE_W + 1) + NARROW * TILE_W == OUT_W && OUT_H % TILE_H == 0>])m4_dnl
m4_define([<TAPS>], m4_eval(KERNEL_H * KERNEL_W))m4_dnl
m4_define([<WEIGHT>], [<w$1>])m4_dnl
m4_define([<BEHIND_WEIGHTS>], [<LOAD(weights + m4_eval(BLOCKS * TAPS * BLOCK + $1) + block * BLOCK + lane)>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], RESIDUAL_POINTER, [<const float *restrict weights>], [<float *out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            const float *w = weights + block * m4_eval(TAPS * BLOCK) + lane;
            const VECTOR b = BEHIND_WEIGHTS(0);
            IF(BEFORE_SLOPES, [<const VECTOR before_slope = BEHIND_WEIGHTS(BEFORE_SLOPES);>])
            IF(ACTIVATION_SLOPES, [<const VECTOR slope = BEHIND_WEIGHTS(ACTIVATION_SLOPES);>])
            WHEN(UNROLLED, [<
                FOR([<K>], TAPS, [<
                    const VECTOR WEIGHT(K) = LOAD(AT(w, K * BLOCK));
                >])
            >])
            for (int y = 0; y < OUT_H; y += TILE_H) {
                const float *x = MAPS(in, IN, block, BLOCKS) + y * PIXEL_ROW + lane;
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + lane;
                WHEN(RESIDUAL, [<
                    const float *from = MAPS(residual, [<RESIDUAL>], block, BLOCKS) + y * RESIDUAL_ROW + lane;
                >])
                WHEN(WIDE, [<
                    for (int tile = 0; tile < WIDE; tile++) {
                        PART([<vector/depthwise_tile.m4>], [<TILE_COLUMNS>], m4_eval(TILE_W + 1))m4_dnl
                    }
                >])
                WHEN(NARROW, [<
                    for (int tile = 0; tile < NARROW; tile++) {
                        PART([<vector/depthwise_tile.m4>], [<TILE_COLUMNS>], TILE_W)m4_dnl
                    }
                >])
            }
        }
}
SHARE([<in>], RESIDUAL_ARGUMENT(residual), [<weights>])
