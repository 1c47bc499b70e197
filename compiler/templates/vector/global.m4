m4_include([<vector/vector.m4>])m4_dnl
m4_dnl The mean or the largest of each map of a blocked tensor. Four sums run side by side, which is faster
m4_dnl and more exact than one.
m4_define([<MERGE>], [<IS(KIND, max, [<$1 = LARGER($1, $2);>], [<$1 += $2;>])>])m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_define([<FINAL>], [<IS(KIND, max, [<a0>], [<a0 * (1.0f / (float)m4_eval(IN_H * IN_W))>])>])m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
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
            MERGE(a0, a1)
            MERGE(a2, a3)
            MERGE(a0, a2)
            STORE(MAPS(out, OUT, block, BLOCKS) + lane, FINAL)
        }
}
