m4_dnl Operations on each number by itself: sums and products of two tensors (or, with ONE_PIXEL, of one and a number
m4_dnl for each of its maps), one factor and one summand a channel, activations. The result may overwrite an operand.
m4_define([<WEIGHTED>], IS(KIND, affine, 1, SLOPES))m4_dnl
m4_dnl
m4_dnl The loop (elementwise_loop.m4) may be shared with kernels of more or fewer blocks: LOOP_PART is its name, or
m4_dnl none.
/* @about@ */
WORK([<const float *in>], IF(SECOND, [<const float *in2>]), IF(WEIGHTED, [<const float *restrict weights>]),
     [<float *out>])
{
    ZERO_HALO(BLOCKS)
IS(LOOP_PART, none, [<PART([<vector/elementwise_loop.m4>],
        [<FROM_BLOCK>], [<FIRST_OF(BLOCKS)>], [<TO_BLOCK>], [<END_OF(BLOCKS)>],
        [<SUMMANDS>], [<weights + m4_eval(BLOCKS * BLOCK)>])>], [<m4_dnl
    APPLY(LOOP_PART, [<in>], IF(SECOND, [<in2>]), IF(WEIGHTED, [<weights>]),
          IS(KIND, affine, [<AT(weights, BLOCKS * BLOCK)>]),
          [<out>], [<FIRST_OF(BLOCKS)>], [<END_OF(BLOCKS)>]);
>])m4_dnl
m4_dnl What is infinite or no number beside the channels would make one of zero times it.
    WHEN(LAST_CHANNELS, [<
        for (int y = 0; IF(SHARED, [<END_OF(BLOCKS) == BLOCKS && >])y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++)
                for (int c = LAST_CHANNELS; c < BLOCK; c++)
                    (MAPS(out, OUT, m4_eval(BLOCKS - 1), BLOCKS) + y * OUT_ROW)[x * BLOCK + c] = 0.0f;
    >])
}
SHARE([<in>], IF(SECOND, [<in2>]), IF(WEIGHTED, [<weights>]))
