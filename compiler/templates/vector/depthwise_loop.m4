m4_dnl The loop of depthwise.m4 over blocks, from FROM_BLOCK to TO_BLOCK. BEHIND_WEIGHTS(n): where the biases of all
m4_dnl blocks begin, or what lies so far behind them.
m4_define([<CHANNELS_AT>], [<LOAD(BEHIND_WEIGHTS($1) + block * BLOCK + lane)>])m4_dnl
ASSERT([<TILE_W >= 1 && WIDE * (TILE_W + 1) + NARROW * TILE_W == OUT_W && OUT_H % TILE_H == 0>])m4_dnl
m4_define([<TAPS>], m4_eval(KERNEL_H * KERNEL_W))m4_dnl
m4_define([<WEIGHT>], [<w$1>])m4_dnl
    for (int block = FROM_BLOCK; block < TO_BLOCK; block++)
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            const WEIGHT_TYPE *w = weights + block * m4_eval(TAPS * BLOCK) + lane;
            const VECTOR b = CHANNELS_AT(0);
            IF(BEFORE_SLOPES, [<const VECTOR before_slope = CHANNELS_AT(BEFORE_SLOPES);>])
            IF(ACTIVATION_SLOPES, [<const VECTOR slope = CHANNELS_AT(ACTIVATION_SLOPES);>])
            WHEN(UNROLLED && !BY_ROWS, [<
                FOR([<K>], TAPS, [<
                    const VECTOR WEIGHT(K) = LOAD_WEIGHTS(AT(w, K * BLOCK));
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
