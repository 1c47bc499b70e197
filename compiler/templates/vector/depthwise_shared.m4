m4_dnl depthwise_loop.m4 as a helper of several kernels, of whose blocks there are more or fewer.
m4_define([<BEHIND_WEIGHTS>], [<AT(biases, $1)>])m4_dnl
/* Some of the blocks, @about@. */
TARGET static void APPLY(FUNCTION, [<const float *restrict in>], RESIDUAL_POINTER,
                         [<const WEIGHT_TYPE *restrict weights>],
                         [<const float *restrict biases>], [<float *out>], [<int from_block>], [<int to_block>])
{
PART([<vector/depthwise_loop.m4>], [<FROM_BLOCK>], [<from_block>], [<TO_BLOCK>], [<to_block>])m4_dnl
}
