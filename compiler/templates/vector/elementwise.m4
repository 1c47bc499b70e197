m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Operations on each number by itself: sums and products of two tensors (or, with ONE_PIXEL, of one and a number
m4_dnl for each of its maps), one factor and one summand a channel, activations. The result may overwrite an operand.
m4_define([<OTHER>], [<LOAD(IF(ONE_PIXEL, [<second>], [<second + x * BLOCK>]))>])m4_dnl
m4_define([<OTHER_ROW>], [<IF(ONE_PIXEL, [<>], [< + y * SECOND_ROW>])>])m4_dnl
m4_define([<COMPUTE_add>], [<a + OTHER>])m4_dnl
m4_define([<COMPUTE_sub>], [<a - OTHER>])m4_dnl
m4_define([<COMPUTE_mul>], [<a * OTHER>])m4_dnl
m4_define([<COMPUTE_max>], [<LARGER(a, OTHER)>])m4_dnl
m4_define([<COMPUTE_affine>], [<a * factor + summand>])m4_dnl
m4_define([<COMPUTE_apply>], [<a>])m4_dnl
m4_define([<WEIGHTED>], IS(KIND, affine, 1, SLOPES))m4_dnl
m4_define([<APPLIED>], [<IF(SLOPES, [<ACTIVATION[<>](r, slope)>], [<VECTOR_ACTIVATE(r)>])>])m4_dnl
/* @about@ */
WORK([<const float *in>], IF(SECOND, [<const float *in2>]), IF(WEIGHTED, [<const float *restrict weights>]),
     [<float *out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            WHEN_IS(KIND, affine, [<
                const VECTOR LIST([<factor = LOAD(weights + block * BLOCK + lane)>],
                                  [<summand = LOAD(weights + m4_eval(BLOCKS * BLOCK) + block * BLOCK + lane)>]);
            >])
            IF(SLOPES, [<const VECTOR slope = LOAD(weights + block * BLOCK + lane);>])
            for (int y = 0; y < OUT_H; y++) {
                const float *first = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + lane;
                WHEN(SECOND, [<
                    const float *second = MAPS(in2, [<SECOND>], block, BLOCKS)OTHER_ROW + lane;
                >])
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + lane;
                for (int x = 0; x < OUT_W; x++) {
                    const VECTOR a = LOAD(first + x * BLOCK);
                    const VECTOR r = m4_indir([<COMPUTE_>]KIND);
                    STORE(to + x * BLOCK, APPLIED)
                }
            }
        }
}
SHARE([<in>], IF(SECOND, [<in2>]), IF(WEIGHTED, [<weights>]))
