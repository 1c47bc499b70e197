m4_dnl elementwise_loop.m4 as a helper of several kernels, of whose blocks there are more or fewer.
m4_define([<WEIGHTED>], IS(KIND, affine, 1, SLOPES))m4_dnl
/* Some of the blocks, @about@. */
TARGET static void APPLY(FUNCTION, [<const float *in>], IF(SECOND, [<const float *in2>]),
                         IF(WEIGHTED, [<const float *restrict weights>]),
                         IS(KIND, affine, [<const float *restrict summands>]), [<float *out>],
                         [<int from_block>], [<int to_block>])
{
PART([<vector/elementwise_loop.m4>], [<FROM_BLOCK>], [<from_block>], [<TO_BLOCK>], [<to_block>],
     [<SUMMANDS>], [<summands>])m4_dnl
}
