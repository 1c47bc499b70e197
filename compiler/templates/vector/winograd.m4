m4_dnl Convolution at stride 1 by Winograd's minimal filtering, F(4x4,3x3), F(2x2,3x3) or F(2x2,5x5). Tiles of the
m4_dnl input are transformed, multiplied position by position with the transformed weights (that is a
m4_dnl matrix product for each position), and transformed back into tiles of the result.
m4_dnl
m4_dnl     winograd_in.m4          a tile of the input
m4_dnl     winograd_out.m4         back to a tile of the result
m4_dnl     winograd_gemm.m4        the register tile of the product: some of the map's tiles by some filters
m4_dnl     winograd_unit.m4        a batch of tiles times one unit of filters, and back to the map
m4_dnl     this file               batches and units, and what threads share
m4_dnl
m4_dnl Of a batch, the tiles of all IMAGES follow each other, MAP_TILES of each, and share what is read of the weights.
m4_dnl
m4_dnl Weights: [BLOCK filters][position][channel][filter]; then the biases.
m4_dnl Scratch: V, for each group of tiles [position][BLOCK channels][tile][channel], and M, [position][tile][filter].
ASSERT([<OUT_TILE == 4 && KERNEL_H == 3 || OUT_TILE == 2 && (KERNEL_H == 3 || KERNEL_H == 5)>])m4_dnl
m4_define([<IN_TILE>], m4_eval(OUT_TILE + KERNEL_H - 1))m4_dnl
m4_define([<TILES>], m4_eval(TILES_Y * TILES_X * IMAGES))m4_dnl
ASSERT([<POSITIONS == IN_TILE * IN_TILE>])m4_dnl
ASSERT([<IN_CHANNELS % BLOCK == 0 && GROUP >= 1 && REST_TILES == TILES % GROUP>])m4_dnl
m4_define([<BATCH>], m4_eval(GROUP * BATCH_GROUPS))m4_dnl
m4_define([<BATCHES>], m4_eval((TILES + BATCH - 1) / BATCH))m4_dnl
m4_define([<POSITION_WEIGHTS>], m4_eval(IN_CHANNELS * BLOCK))m4_dnl
m4_define([<BLOCK_WEIGHTS>], m4_eval(POSITIONS * POSITION_WEIGHTS))m4_dnl
m4_dnl
m4_dnl UNITS units of UNIT_BLOCKS blocks of filters, and REST_BLOCKS blocks more, at most one.
ASSERT([<UNITS * UNIT_BLOCKS + REST_BLOCKS == BLOCKS && REST_BLOCKS <= 1>])m4_dnl
ASSERT([<UNIT_BLOCKS * BLOCK == VECTORS * LANES || UNIT_BLOCKS == 1 && VECTORS * LANES < BLOCK>])m4_dnl
m4_dnl
m4_dnl What the planner reserved must hold V and M.
ASSERT([<V_POSITION >= POSITION_WEIGHTS / BLOCK * GROUP && V_POSITION % LINE == 0>])m4_dnl
ASSERT([<V_GROUP >= POSITIONS * V_POSITION && M_GROUP >= POSITIONS * GROUP * UNIT_BLOCKS * BLOCK>])m4_dnl
ASSERT([<BATCH_GROUPS * (V_GROUP + M_GROUP) <= SCRATCH_COUNT>])m4_dnl
m4_dnl
m4_dnl Threads share batches of tiles; where there are too few, each transforms all of them and computes its share
m4_dnl of the filters.
m4_define([<SPLIT_FILTERS>], m4_eval(SHARED && !SPLIT_TILES))m4_dnl
m4_define([<FIRST_SHARED>], [<IF(SPLIT_FILTERS, [<FIRST_OF([<$1>])>], 0)>])m4_dnl
m4_define([<END_SHARED>], [<IF(SPLIT_FILTERS, [<END_OF([<$1>])>], [<$1>])>])m4_dnl
m4_dnl
m4_dnl RUN(function, i, blocks, more arguments): the filters from block i * blocks on; i is a variable or a number.
m4_define([<RUN>], [<APPLY([<$1>], [<v>],
    [<PLUS(weights, STEPS([<$2>], $3 * BLOCK_WEIGHTS, BLOCKS))>],
    [<PLUS(biases, STEPS([<$2>], $3 * BLOCK, BLOCKS))>],
    RESIDUAL_ARGUMENT([<PLUS(PLUS(residual, RESIDUAL_START), STEPS([<$2>], $3 * RESIDUAL_PLANE, BLOCKS))>]),
    [<PLUS(PLUS(out, OUT_START), STEPS([<$2>], $3 * OUT_PLANE, BLOCKS))>],
    [<m>], [<first>], [<count>], $4);>])m4_dnl
m4_define([<TILE_AT>], [<TERMS([<MAPS(in, IN, block, m4_eval(IN_CHANNELS / BLOCK))>],
    IF(IMAGES > 1, [<image * (long)IN_IMAGE>]),
    [<FROM_TILE([<y>], m4_eval(OUT_TILE * PIXEL_ROW), PIXEL_ROW, PHASE_Y, STEP_Y)>],
    [<FROM_TILE([<x>], m4_eval(OUT_TILE * BLOCK), BLOCK, PHASE_X, STEP_X)>])>])m4_dnl
m4_dnl FROM_TILE(tile, tile's distance, pixel's distance, tiles of a phase, step): see winograd_unit.m4.
m4_define([<FROM_TILE>], [<IF($5 > 1, [<$1 / $4 * $3 + $1 % $4 * m4_eval($2 * $5)>], [<$1 * $2>])>])m4_dnl
m4_dnl
m4_dnl Functions that are shared with other kernels: IN_PART, OUT_PART, UNIT_PART and LAST_PART are their names, or
m4_dnl none.
m4_define([<IN_NAME>], IS(IN_PART, none, [<FUNCTION(_in)>], [<IN_PART>]))m4_dnl
m4_define([<OUT_NAME>], IS(OUT_PART, none, [<FUNCTION(_out)>], [<OUT_PART>]))m4_dnl
m4_define([<UNIT_FUNCTION>], IS(UNIT_PART, none, [<FUNCTION(_unit)>], [<UNIT_PART>]))m4_dnl
m4_define([<LAST_FUNCTION>], IS(LAST_PART, none, [<FUNCTION(_last)>], [<LAST_PART>]))m4_dnl
m4_define([<IN_TELLS>], [<IF(IN_VARIES, V_POSITION)>])m4_dnl
m4_define([<UNIT_TELLS>], [<IF(UNIT_VARIES, [<m4_eval(IN_CHANNELS / BLOCK), V_POSITION>])>])m4_dnl
m4_define([<LAST_TELLS>], [<IF(LAST_VARIES, [<m4_eval(IN_CHANNELS / BLOCK), V_POSITION>])>])m4_dnl
IS(IN_PART, none, [<PART([<vector/winograd_in.m4>], [<VARIES>], 0, [<USERS>], [<>])>])m4_dnl
IS(OUT_PART, none, [<PART([<vector/winograd_out.m4>], [<USERS>], [<>])>])m4_dnl

IF(UNITS && IS(UNIT_PART, none, 1, 0), [<PART([<vector/winograd_unit.m4>], [<UNIT_NAME>], UNIT_FUNCTION,
    [<FILTER_BLOCKS>], UNIT_BLOCKS, [<FILTER_VECTORS>], VECTORS, [<VARIES>], 0, [<USERS>], [<>])>])
IF(REST_BLOCKS && IS(LAST_PART, none, 1, 0), [<PART([<vector/winograd_unit.m4>], [<UNIT_NAME>], LAST_FUNCTION,
    [<FILTER_BLOCKS>], 1, [<FILTER_VECTORS>], m4_eval(BLOCK / LANES), [<VARIES>], 0, [<USERS>], [<>])>])
/* @about@ */
WORK([<const float *restrict in>], RESIDUAL_POINTER, [<const float *restrict weights>], [<float *out>],
     [<float *restrict scratch>])
{
    const float *biases = weights + PRODUCT(BLOCKS, BLOCK_WEIGHTS);
    float *v = scratch, *m = scratch + PRODUCT(BATCH_GROUPS, V_GROUP);
    ZERO_HALO(BLOCKS)
    WHEN(SPLIT_TILES, [<
        for (int batch = FIRST_OF(BATCHES), end = END_OF(BATCHES); batch < end; batch++) {
            const int first = batch * BATCH;
    >], [<
        for (int first = 0; first < TILES; first += BATCH) {
    >])
        const int count = TILES - first < BATCH ? TILES - first : BATCH;
        for (int block = 0; block < m4_eval(IN_CHANNELS / BLOCK); block++)
            for (int t = 0; t < count; t++) {
                WHEN(IMAGES > 1, [<
                    const int image = (first + t) / MAP_TILES, tile = (first + t) % MAP_TILES;
                    const int y = tile / TILES_X, x = tile % TILES_X;
                >], [<
                    const int y = (first + t) / TILES_X, x = (first + t) % TILES_X;
                >])
                APPLY(IN_NAME, [<TILE_AT>], [<v + t / GROUP * V_GROUP + (block * GROUP + t % GROUP) * BLOCK>],
                      IN_TELLS);
            }
        WHEN(UNITS == 1 && !SPLIT_FILTERS, [<
            RUN(UNIT_FUNCTION, 0, 1, [<UNIT_TELLS>])
        >])
        WHEN(UNITS > 1 || UNITS && SPLIT_FILTERS, [<
            for (int unit = FIRST_SHARED(UNITS); unit < END_SHARED(UNITS); unit++)
                RUN(UNIT_FUNCTION, unit, UNIT_BLOCKS, [<UNIT_TELLS>])
        >])
        WHEN(REST_BLOCKS, [<
            IF(SPLIT_FILTERS, [<if (part == parts - 1)>])
            INDENT(SPLIT_FILTERS)RUN(LAST_FUNCTION, m4_eval(UNITS * UNIT_BLOCKS), 1, [<LAST_TELLS>])
        >])
    }
}
SHARE([<in>], RESIDUAL_ARGUMENT(residual), [<weights>])
