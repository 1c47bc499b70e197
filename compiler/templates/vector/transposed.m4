m4_dnl Transposed convolution into a blocked tensor. The pixels of the result at the same place modulo the stride, a
m4_dnl phase, are a convolution of stride 1 with some of the taps: the functions of direct_map.m4 compute it, with
m4_dnl OUT_COLUMN and wider rows in the result. Phases are alike but for their places: a grid of GRIDg_H x GRIDg_W of
m4_dnl them, the first at GRIDg_Y, GRIDg_X; several grids run the function of one kind (transposed_kind.m4).
m4_dnl
m4_dnl Weights: [BLOCK filters][phase][BLOCK channels][tap][channel][filter] of a blocked input, [BLOCK filters]
m4_dnl [phase][tap][channel][filter] of a planar one; then the biases.
ASSERT([<GRIDS >= 1 && KINDS >= 1 && KINDS <= GRIDS>])m4_dnl
ASSERT([<(UNITS * VECTORS + REST + FILL) * LANES == GROUP_BLOCKS * BLOCK && (!FILL || GROUP_BLOCKS == 1)>])m4_dnl
m4_define([<GRID>], [<m4_indir([<GRID>]$1[<_$2>])>])m4_dnl
m4_define([<KIND>], [<m4_indir([<KIND>]$1[<_$2>])>])m4_dnl
m4_define([<UNIT>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<TAP_WEIGHTS>], m4_eval(IN_CHANNELS * BLOCK))m4_dnl
m4_define([<BLOCK_WEIGHTS>], m4_eval(TAPS * TAP_WEIGHTS))m4_dnl
m4_define([<OUT_COLUMN>], m4_eval(STRIDE_W * BLOCK))m4_dnl
m4_define([<GROUP_MAPS>], [<in>])m4_dnl
m4_define([<GROUP_WEIGHTS>], [<w>])m4_dnl
m4_define([<GROUP_BIASES>], [<bias>])m4_dnl
m4_define([<GROUP_RESIDUAL>], [<residual>])m4_dnl
m4_define([<GROUP_RESULT>], [<out>])m4_dnl
m4_include([<vector/direct_run.m4>])m4_dnl
m4_dnl
m4_dnl Of grid G: the place of a phase, in rows and columns of the result: variables where there are several.
m4_define([<ROW>], [<IF(GRID(G, H) > 1, [<y>], 0)>])m4_dnl
m4_define([<COLUMN>], [<IF(GRID(G, W) > 1, [<x>], 0)>])m4_dnl
m4_define([<MANY>], [<m4_eval((GRID(G, H) > 1) + (GRID(G, W) > 1))>])m4_dnl
m4_define([<GROUP_AT>], [<IF(GROUPS > 1, [<STEPS(group, m4_eval([<$1>]), GROUPS)>])>])m4_dnl
m4_dnl PHASE_AT(start, numbers from a row of phases to the next, from a column to the next)
m4_define([<PHASE_AT>], [<TERMS(IF($1, m4_eval($1)), IF(GRID(G, H) > 1, [<TIMES(y, m4_eval([<$2>]))>]),
                                IF(GRID(G, W) > 1, [<TIMES(x, m4_eval([<$3>]))>]))>])m4_dnl
m4_define([<RUN_PHASE>], [<APPLY(FUNCTION(_kind)[<>]GRID(G, RUNS),
    [<TERMS([<in>], IF(GRID(G, FROM), GRID(G, FROM)), GROUP_AT(GROUP_IN))>],
    [<TERMS([<weights>], PHASE_AT(GRID(G, PRECEDING) * TAP_WEIGHTS, GRID(G, DOWN) * TAP_WEIGHTS,
                                  GRID(G, ACROSS) * TAP_WEIGHTS), GROUP_AT(GROUP_BLOCKS * BLOCK_WEIGHTS))>],
    [<TERMS([<biases>], GROUP_AT(GROUP_BLOCKS * BLOCK))>],
    RESIDUAL_ARGUMENT([<TERMS([<residual>],
        PHASE_AT(RESIDUAL_START + GRID(G, Y) * RESIDUAL_ROW + GRID(G, X) * BLOCK, RESIDUAL_ROW, BLOCK),
        GROUP_AT(GROUP_BLOCKS * RESIDUAL_PLANE))>]),
    [<TERMS([<out>], PHASE_AT(OUT_START + GRID(G, Y) * OUT_ROW + GRID(G, X) * BLOCK, OUT_ROW, BLOCK),
            GROUP_AT(GROUP_BLOCKS * OUT_PLANE))>],
    IF(SHARED, [<part, parts>]));>])m4_dnl
m4_dnl
EACH([<K>], KINDS, [<PART([<vector/transposed_kind.m4>],
    [<KIND_NAME>], FUNCTION(_kind)[<>]K, [<TILING>], [<KIND>]K[<_>],
    [<REGIONS>], KIND(K, [<REGIONS>]), [<SHAPES>], KIND(K, [<SHAPES>]),
    [<KERNEL_H>], KIND(K, [<KERNEL_H>]), [<KERNEL_W>], KIND(K, [<KERNEL_W>]),
    [<OUT_ROW>], m4_eval(STRIDE_H * OUT_ROW),
    [<RESIDUAL_ROW>], IF(RESIDUAL, [<m4_eval(STRIDE_H * RESIDUAL_ROW)>], 0))>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], RESIDUAL_POINTER, [<const WEIGHT_TYPE *restrict weights>], [<float *out>])
{
    const float *biases = BEHIND([<weights>], [<PRODUCT(m4_eval(GROUPS * GROUP_BLOCKS), BLOCK_WEIGHTS)>]);
    ZERO_HALO(m4_eval(GROUPS * GROUP_BLOCKS))
    IF(GROUPS > 1, [<for (int group = 0; group < GROUPS; group++) {>])
    FOR([<G>], GRIDS, [<
        AT_DEPTH(GROUPS > 1, [<
            IF(GRID(G, H) > 1, [<for (int y = 0; y < GRID(G, H); y++)>])
            INDENT(GRID(G, H) > 1)IF(GRID(G, W) > 1, [<for (int x = 0; x < GRID(G, W); x++)>])
            INDENT(MANY)RUN_PHASE
        >])
    >])
    IF(GROUPS > 1, [<}>])
}
SHARE([<in>], RESIDUAL_ARGUMENT(residual), [<weights>])
