m4_dnl The mean, the largest or the root of the squares' sum of each map of a blocked tensor. Four sums run side
m4_dnl by side, which is faster and more exact than one.
m4_define([<MERGE>], [<IS(KIND, max, [<$1 = LARGER($1, $2);>], [<$1 += TERM_OF($2);>])>])m4_dnl
m4_define([<TERM_OF>], [<IS(KIND, l2, [<$1 * $1>], [<$1>])>])m4_dnl
m4_define([<JOIN>], [<IS(KIND, max, [<$1 = LARGER($1, $2);>], [<$1 += $2;>])>])m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_define([<ENDS_LATER>], [<IS(ACTIVATION, none, AFFINE, 1)>])m4_dnl
m4_define([<FINAL>], [<IS(KIND, avg, [<a0 * (1.0f / (float)m4_eval(IN_H * IN_W))>], [<a0>])>])m4_dnl
/* @about@ */
TARGET static void APPLY(FUNCTION, [<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]),
                         [<float *restrict out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = 0; block < BLOCKS; block++)
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            VECTOR a0 = EMPTY, a1 = EMPTY, a2 = EMPTY, a3 = EMPTY;
            for (int y = 0; y < IN_H; y++) {
                const float *x = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + lane;
                int i = 0;
                for (; i + 4 <= IN_W; i += 4, x += m4_eval(4 * BLOCK)) {
                    FOR([<I>], 4, [<
                        { const VECTOR p = LOAD(AT(x, I * BLOCK)); MERGE([<a>]I, p) }
                    >])
                }
                for (; i < IN_W; i++, x += BLOCK) {
                    const VECTOR p = LOAD(x);
                    MERGE(a0, p)
                }
            }
            JOIN(a0, a1)
            JOIN(a2, a3)
            JOIN(a0, a2)
            WHEN_IS(KIND, l2, [<
                for (int i = 0; i < LANES; i++)
                    a0[i] = sqrtf(a0[i]);
            >])
            WHEN(ENDS_LATER, [<
                VECTOR r = FINAL;
                IF(AFFINE, [<r = r * LOAD(weights + block * BLOCK + lane) + m4_dnl
LOAD(weights + m4_eval(BLOCKS * BLOCK) + block * BLOCK + lane);>])
                STORE(MAPS(out, OUT, block, BLOCKS) + lane, VECTOR_ACTIVATE(r))
            >], [<
                STORE(MAPS(out, OUT, block, BLOCKS) + lane, FINAL)
            >])
        }
}
