m4_include([<vector/vector.m4>])m4_dnl
m4_dnl What works on each number by itself: sums and products of two tensors, one factor and one summand a
m4_dnl channel, activations. The result may lie where an operand lies.
m4_define([<COMPUTE>], [<m4_ifelse(KIND, add, [<a + LOAD(second + x * 16)>], KIND, sub, [<a - LOAD(second + x * 16)>], KIND, mul, [<a * LOAD(second + x * 16)>],
    KIND, max, [<MAX_[<>]LANES[<>](a, LOAD(second + x * 16))>], KIND, affine, [<a * factor + summand>], [<a>])>])m4_dnl
/* @about@ */
WORK(const float *in, IF(SECOND, [<const float *in2, >])IS(KIND, affine, [<const float *restrict weights, >])float *out)
{
    ZERO_HALO(out, BLOCKS, OUT_PLANE, OUT_ROW)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int lane = 0; lane < 16; lane += LANES) {
IS(KIND, affine, [<            const VECTOR factor = LOAD(weights + block * 16 + lane), summand = LOAD(weights + m4_eval(BLOCKS * 16) + block * 16 + lane);
>])m4_dnl
            for (int y = 0; y < OUT_H; y++) {
                const float *first = PLUS(in, IN_START) + STEPS(block, IN_PLANE, BLOCKS) + y * IN_ROW + lane;
IF(SECOND, [<                const float *second = PLUS(in2, SECOND_START) + STEPS(block, SECOND_PLANE, BLOCKS) + y * SECOND_ROW + lane;
>])m4_dnl
                float *to = PLUS(out, OUT_START) + STEPS(block, OUT_PLANE, BLOCKS) + y * OUT_ROW + lane;
                for (int x = 0; x < OUT_W; x++) {
                    const VECTOR a = LOAD(first + x * 16);
                    const VECTOR r = COMPUTE;
                    STORE(to + x * 16, VECTOR_ACTIVATE(r))
                }
            }
        }
}
SHARE([<in>]IF(SECOND, [<, [<in2>]>])IS(KIND, affine, [<, [<weights>]>]))
