m4_dnl Depthwise convolution of blocked tensors: vectors over channels; the weights of all taps and a tile of pixels
m4_dnl stay in registers (depthwise_tile.m4); or those of a row of the window at a time (BY_ROWS is 1), where there are
m4_dnl few registers; unless there are too many taps (UNROLLED is 0), which a loop goes through. Weights: [BLOCK
m4_dnl channels][window][channel]; then the biases, and slopes. A row of tiles begins with WIDE of them that are a pixel
m4_dnl wider than the NARROW others.
m4_dnl
m4_dnl The loop (depthwise_loop.m4) may be shared with kernels of more or fewer blocks: LOOP_PART is its name, or
m4_dnl none.
m4_define([<TAPS>], m4_eval(KERNEL_H * KERNEL_W))m4_dnl
m4_define([<BEHIND_WEIGHTS>], [<IF(HALVES, [<PLUS(BEHIND([<weights>], 0), $1)>], [<m4_dnl
weights + m4_eval(BLOCKS * TAPS * BLOCK + $1)>])>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], RESIDUAL_POINTER, [<const WEIGHT_TYPE *restrict weights>], [<float *out>])
{
    ZERO_HALO(BLOCKS)
IS(LOOP_PART, none, [<PART([<vector/depthwise_loop.m4>],
        [<FROM_BLOCK>], [<FIRST_OF(BLOCKS)>], [<TO_BLOCK>], [<END_OF(BLOCKS)>])>], [<m4_dnl
    APPLY(LOOP_PART, [<in>], RESIDUAL_ARGUMENT(residual), [<weights>], [<BEHIND_WEIGHTS(0)>], [<out>],
          [<FIRST_OF(BLOCKS)>], [<END_OF(BLOCKS)>]);
>])m4_dnl
}
SHARE([<in>], RESIDUAL_ARGUMENT(residual), [<weights>])
