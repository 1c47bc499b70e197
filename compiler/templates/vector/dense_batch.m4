m4_dnl Fully connected, for all IMAGES of a batch, so that weights are read once for all of them: a matrix product,
m4_dnl whose register tiles are some images by some vectors of outputs (dense_batch_tile.m4).
m4_dnl
m4_dnl Groups of outputs are those of dense.m4. Of each, the weights of PIECE inputs at a time stay in the second level
m4_dnl of cache while all images pass; the result holds the sums meanwhile.
m4_dnl Weights: [group of outputs][input][output]; a last group of LAST_BLOCKS blocks, if any; then the biases.
ASSERT([<GROUPS * GROUP_BLOCKS + LAST_BLOCKS == BLOCKS && LAST_BLOCKS < GROUP_BLOCKS>])m4_dnl
ASSERT([<IMAGES > 1 && IN_COUNT <= IN_IMAGE && BLOCKS * BLOCK <= OUT_IMAGE>])m4_dnl
m4_define([<GROUP_OUTPUTS>], m4_eval(GROUP_BLOCKS * BLOCK))m4_dnl
m4_define([<LAST_WEIGHTS>], [<TERMS([<weights>],
    IF(GROUPS, [<PRODUCT(m4_eval(GROUPS * GROUP_OUTPUTS), IN_COUNT)>]))>])m4_dnl
IF(GROUPS, [<PART([<vector/dense_batch_group.m4>], [<PART_NAME>], FUNCTION(_group), [<PART_BLOCKS>], GROUP_BLOCKS,
                  [<TILE_VECTORS>], VECTORS, [<WIDE_IMAGES>], TILE_IMAGES, [<WIDE>], WIDE_TILES,
                  [<NARROW>], NARROW_TILES)>])
IF(LAST_BLOCKS, [<PART([<vector/dense_batch_group.m4>], [<PART_NAME>], FUNCTION(_last), [<PART_BLOCKS>], LAST_BLOCKS,
                       [<TILE_VECTORS>], LAST_VECTORS, [<WIDE_IMAGES>], LAST_TILE_IMAGES, [<WIDE>], LAST_WIDE_TILES,
                       [<NARROW>], LAST_NARROW_TILES)>])
/* @about@, of all images */
WORK([<const float *restrict in>], [<const WEIGHT_TYPE *restrict weights>], [<float *restrict out>])
{
    const float *biases = BEHIND([<weights>], [<PRODUCT(m4_eval(BLOCKS * BLOCK), IN_COUNT)>]);
    WHEN(GROUPS, [<
        for (int group = FIRST_OF(GROUPS); group < END_OF(GROUPS); group++)
            APPLY(FUNCTION(_group), [<in>], [<weights + STEPS(group, IN_COUNT * GROUP_OUTPUTS, GROUPS)>],
                  [<biases + group * GROUP_OUTPUTS>], [<out + group * GROUP_OUTPUTS>]);
    >])
    WHEN(LAST_BLOCKS, [<
        IF(SHARED, [<if (part == parts - 1)>])
        INDENT(SHARED)APPLY(FUNCTION(_last), [<in>], [<LAST_WEIGHTS>], [<AT(biases, GROUPS * GROUP_OUTPUTS)>],
                            [<AT(out, GROUPS * GROUP_OUTPUTS)>]);
    >])
}
SHARE([<in>], [<weights>])
