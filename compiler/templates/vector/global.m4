m4_include([<vector/vector.m4>])m4_dnl
m4_dnl The mean or the largest of each map of a blocked tensor. Four sums run side by side, which is faster
m4_dnl and more exact than one.
m4_define([<MERGE>], [<IS(KIND, max, [<$1 = MAX_[<>]LANES[<>]($1, $2);>], [<$1 += $2;>])>])m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT_[<>]LANES[<>](-INFINITY)>], [<{0}>])>])m4_dnl
/* @about@ */
TARGET static void FUNCTION[<>](const float *restrict in, float *restrict out)
{
    ZERO_HALO(out, BLOCKS, OUT_PLANE, OUT_ROW)
    for (int block = 0; block < BLOCKS; block++)
        for (int lane = 0; lane < 16; lane += LANES) {
            VECTOR a0 = EMPTY, a1 = EMPTY, a2 = EMPTY, a3 = EMPTY;
            for (int y = 0; y < IN_H; y++) {
                const float *x = PLUS(in, IN_START) + STEPS(block, IN_PLANE, BLOCKS) + y * IN_ROW + lane;
                int i = 0;
                for (; i + 4 <= IN_W; i += 4, x += 64) {
EACH([<I>], 4, [<                    { const VECTOR p = LOAD(AT(x, I * 16)); MERGE([<a>]I, p) }
>])m4_dnl
                }
                for (; i < IN_W; i++, x += 16) {
                    const VECTOR p = LOAD(x);
                    MERGE(a0, p)
                }
            }
            MERGE(a0, a1)
            MERGE(a2, a3)
            MERGE(a0, a2)
            STORE(PLUS(out, OUT_START) + STEPS(block, OUT_PLANE, BLOCKS) + lane, IS(KIND, max, [<a0>], [<a0 * m4_dnl
(1.0f / (float)m4_eval(IN_H * IN_W))>]))
        }
}
