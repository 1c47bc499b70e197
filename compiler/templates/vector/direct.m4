m4_dnl Direct convolution into a blocked tensor. The filters are cut into units of VECTORS vectors, and the map into
m4_dnl regions, each of them tiled exactly by one shape of register tile:
m4_dnl
m4_dnl     direct_tile.m4    one tile: all its sums in registers, over all input channels and taps
m4_dnl     direct_map.m4     one unit of filters: a tile for each shape, and what runs them over the map
m4_dnl     this file         units and groups, and what threads share
m4_dnl
m4_dnl The input is read by scalars only, so it may be planar or blocked; its halo is zero, so no loop knows an edge.
m4_dnl Weights: [BLOCK filters][BLOCK channels][window][channel][filter] of a blocked input, [BLOCK filters]
m4_dnl [window][channel][filter] of a planar one; then the biases. With POOL = 2 the result is the maximum of
m4_dnl each 2x2 pixels, found in the registers: tiles and regions are still the convolution's, with even sides.
ASSERT([<VECTORS * LANES % BLOCK == 0 || BLOCK % (VECTORS * LANES) == 0>])m4_dnl
ASSERT([<REGIONS >= 1 && REGIONS <= 4 && SHAPES >= 1 && SHAPES <= REGIONS>])m4_dnl
ASSERT([<(CALLED == 0 || CALLED == 1) && (POOL == 1 || POOL == 2) && PREFETCH_TILES >= 1>])m4_dnl
ASSERT([<!EDGES || (!IN_PLANAR && SPAN == BLOCK && KERNEL_H * KERNEL_W > 1)>])m4_dnl
ASSERT([<!PIECE || (POOL == 1 && GROUPS == 1 && !IN_PLANAR && KERNEL_H * KERNEL_W == 1)>])m4_dnl
m4_dnl
m4_dnl UNITS units of UNIT filters, and one of REST vectors, if that is not 0: with REST_FILL vectors that have none,
m4_dnl which become zeros, it is a block, and has tiles of its own.
m4_define([<UNIT>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<REST_TILING>], IF(REST_FILL, [<REST_>]))m4_dnl
ASSERT([<(UNITS * VECTORS + REST + REST_FILL) * LANES == GROUP_BLOCKS * BLOCK && REST < VECTORS && !FILL>])m4_dnl
m4_define([<BLOCK_WEIGHTS>], m4_eval(IN_CHANNELS * KERNEL_H * KERNEL_W * BLOCK))m4_dnl
m4_dnl
m4_dnl Pointers of RUN: those of the group, where there are several.
m4_dnl Of a batch, a unit goes over AT_ONCE images before the next one comes: so many stay in the second level of cache.
m4_define([<OF_IMAGE>], [<IF(IMAGES > 1, [< + image * (long)$1>])>])m4_dnl
m4_define([<FOR_IMAGES>], [<IF(IMAGES > 1, [<for (int image = first; image < end; image++)>])>])m4_dnl
m4_define([<GROUP_MAPS>], [<IF(GROUPS > 1, [<maps>], [<PLUS(in, IN_START)>])[<>]OF_IMAGE([<IN_IMAGE>])>])m4_dnl
m4_define([<GROUP_WEIGHTS>], [<IF(GROUPS > 1, [<w>], [<weights>])>])m4_dnl
m4_define([<GROUP_BIASES>], [<IF(GROUPS > 1, [<b>], [<biases>])>])m4_dnl
m4_define([<GROUP_RESIDUAL>], [<m4_dnl
IF(GROUPS > 1, [<from>], [<PLUS(residual, RESIDUAL_START)>])[<>]OF_IMAGE([<RESIDUAL_IMAGE>])>])m4_dnl
m4_define([<GROUP_RESULT>], [<IF(GROUPS > 1, [<to>], [<PLUS(out, OUT_START)>])[<>]OF_IMAGE([<OUT_IMAGE>])>])m4_dnl
m4_define([<TILING>], [<>])m4_dnl
m4_define([<OUT_COLUMN>], BLOCK)m4_dnl
m4_include([<vector/direct_run.m4>])m4_dnl
m4_dnl
m4_dnl The functions of a unit and of the rest may be shared with other kernels: then UNIT_PART and REST_PART are their
m4_dnl names, and UNIT_VARIES and REST_VARIES say whether they are told how many channels there are.
m4_include([<vector/direct_told.m4>])m4_dnl
m4_define([<OWN_UNIT>], m4_eval(UNITS && IS(UNIT_PART, none, 1, 0)))m4_dnl
m4_define([<OWN_REST>], m4_eval(REST && IS(REST_PART, none, 1, 0)))m4_dnl
m4_define([<UNIT_FUNCTION>], IS(UNIT_PART, none, [<FUNCTION(_unit)>], [<UNIT_PART>]))m4_dnl
m4_define([<REST_FUNCTION>], IS(REST_PART, none, [<FUNCTION(_rest)>], [<REST_PART>]))m4_dnl
m4_define([<TOLD>], [<LIST(TOLD_COUNT(IN_REAL, m4_eval(IN_CHANNELS / BLOCK)),
                           TOLD_APART(BLOCK_WEIGHTS, [<$1>], PREFETCH))>])m4_dnl
m4_define([<UNIT_TELLS>], [<IF(UNIT_VARIES, [<TOLD(VECTORS)>])>])m4_dnl
m4_define([<REST_TELLS>], [<IF(REST_VARIES, [<TOLD(REST)>])>])m4_dnl
IF(OWN_UNIT, [<PART([<vector/direct_map.m4>], [<UNIT_NAME>], UNIT_FUNCTION, [<UNIT_VECTORS>], VECTORS,
                    [<VARIES>], 0, [<USERS>], [<>])>])
IF(OWN_REST, [<PART([<vector/direct_map.m4>], [<UNIT_NAME>], REST_FUNCTION, [<UNIT_VECTORS>], REST,
                    [<VARIES>], 0, [<USERS>], [<>], [<TILING>], REST_TILING, [<FILL>], REST_FILL,
                    [<REGIONS>], m4_indir(REST_TILING[<REGIONS>]), [<SHAPES>], m4_indir(REST_TILING[<SHAPES>]))>])
/* @about@ */
WORK([<const float *restrict in>], RESIDUAL_POINTER, [<const WEIGHT_TYPE *restrict weights>], [<float *out>])
{
    const float *biases = BEHIND([<weights>], [<PRODUCT(m4_eval(GROUPS * GROUP_BLOCKS), BLOCK_WEIGHTS)>]);
    ZERO_HALO(m4_eval(GROUPS * GROUP_BLOCKS))
    WHEN(IMAGES > 1, [<
        for (int first = 0; first < IMAGES; first += AT_ONCE) {
            const int end = IMAGES - first < AT_ONCE ? IMAGES : first + AT_ONCE;
    >])
    WHEN(GROUPS > 1, [<
        for (int group = 0; group < GROUPS; group++) {
            const float *maps = PLUS(in, IN_START) + STEPS(group, GROUP_IN, GROUPS);
            IF(HALVES, [<const WEIGHT_TYPE *w = weights + STEPS(group, GROUP_BLOCKS * BLOCK_WEIGHTS, GROUPS);>])
            const float LIST(IF(HALVES, [<>], [<*w = weights + STEPS(group, GROUP_BLOCKS * BLOCK_WEIGHTS, GROUPS)>]),
                             [<*b = biases + group * m4_eval(GROUP_BLOCKS * BLOCK)>]);
            WHEN(RESIDUAL, [<
                const float *from = TERMS([<PLUS(residual, RESIDUAL_START)>],
                                          [<STEPS(group, GROUP_BLOCKS * RESIDUAL_PLANE, GROUPS)>]);
            >])
            float *to = PLUS(out, OUT_START) + STEPS(group, GROUP_BLOCKS * OUT_PLANE, GROUPS);
    >])
    AT_DEPTH(GROUPS > 1, [<
        WHEN(UNIT >= BLOCK && UNITS == 1 && !SPLIT_FILTERS, [<
            FOR_IMAGES
            INDENT(IMAGES > 1)RUN(UNIT_FUNCTION, 0, 1, 0, [<UNIT_TELLS>])
        >])
        WHEN(UNIT >= BLOCK && UNITS && (UNITS > 1 || SPLIT_FILTERS), [<
            for (int unit = FIRST_SHARED(UNITS); unit < END_SHARED(UNITS); unit++)
                FOR_IMAGES
                INDENT(IMAGES > 1)RUN(UNIT_FUNCTION, unit, m4_eval(UNIT / BLOCK), 0, [<UNIT_TELLS>])
        >])
        WHEN(UNIT < BLOCK && UNITS, [<
            for (int block = FIRST_SHARED(GROUP_BLOCKS); block < END_SHARED(GROUP_BLOCKS); block++)
                for (int sub = 0; sub < BLOCK; sub += UNIT)
                    FOR_IMAGES
                    INDENT(IMAGES > 1)RUN(UNIT_FUNCTION, block, 1, sub, [<UNIT_TELLS>])
        >])
        WHEN(REST, [<
            IF(SPLIT_FILTERS, [<if (part == parts - 1)>])
            INDENT(SPLIT_FILTERS)FOR_IMAGES
            INDENT(SPLIT_FILTERS + (IMAGES > 1))RUN(REST_FUNCTION, m4_eval(UNITS * (UNIT / BLOCK)), 1, 0, m4_dnl
[<REST_TELLS>])
        >])
    >])
    IF(GROUPS > 1, [<}>])
    IF(IMAGES > 1, [<}>])
}
SHARE([<in>], RESIDUAL_ARGUMENT(residual), [<weights>])
