m4_dnl Convolution with few filters between planar tensors: vectors along the width, so that no lane is
m4_dnl wasted on filters beyond the last. A tile (rows_tile.m4) is some filters by some rows by one or two vectors;
m4_dnl where the width is no multiple of a vector, the last one overlaps its neighbour. With POOL = 2 the result
m4_dnl is the maximum of each 2x2 pixels, found in the registers; a rest of a row or column is not computed.
m4_dnl Weights: [window][channel][filter]; then the biases.
m4_define([<MAP_H>], m4_eval(OUT_H * POOL))m4_dnl
m4_define([<MAP_W>], m4_eval(OUT_W * POOL))m4_dnl
ASSERT([<MAP_W >= LANES && (VECTORS == 2 || (VECTORS == 1 && MAP_W == LANES))>])m4_dnl
ASSERT([<POOL == 1 || POOL == 2>])m4_dnl
ASSERT([<FILTERS % TILE_FILTERS == 0 && MAP_H % TILE_H == 0 && TILE_H % POOL == 0 && PIXEL_COLUMN == 1>])m4_dnl
m4_define([<SPAN>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<ONE_TILE>], m4_eval(MAP_W <= SPAN))m4_dnl
m4_define([<LEFT>], IF(ONE_TILE, 0, [<left>]))m4_dnl
/* @about@ */
TARGET IF(HALVES, [<KEPT >])static void m4_dnl
FUNCTION()(const float *restrict in, const WEIGHT_TYPE *restrict weights, float *restrict out)
{
    const float *biases = BEHIND([<weights>], m4_eval(KERNEL_H * KERNEL_W * IN_CHANNELS * FILTERS));
    for (int k = 0; k < FILTERS; k += TILE_FILTERS)
        for (int y = 0; y < MAP_H; y += TILE_H)
            for (int column = 0; column < MAP_W; column += SPAN) {
                IF(ONE_TILE, [<>], [<const int left = column + SPAN <= MAP_W ? column : m4_eval(MAP_W - SPAN);>])
                IF(HALVES, [<const WEIGHT_TYPE *w = weights + k;>])
                const float LIST([<*maps = PLUS(PLUS(in, IN_START) + TIMES(y, PIXEL_ROW), LEFT)>],
                                 IF(HALVES, [<>], [<*w = weights + k>]));
                PART([<vector/rows_tile.m4>])m4_dnl
            }
}
