m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Pooling of blocked tensors: vectors over channels. Only real pixels are read: windows are clipped
m4_dnl at the edges, where they reach over them at all (CLIPPED).
m4_dnl
m4_dnl What each kind of pool starts from, does with a pixel p, and with the result.
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_define([<MERGE_max>], [<a = LARGER(a, p);>])m4_dnl
m4_define([<MERGE_avg>], [<a += p;>])m4_dnl
m4_define([<MERGE_l2>], [<a += p * p;>])m4_dnl
m4_define([<PIXELS>], [<IF(CLIPPED, [<(rows * columns)>], [<m4_eval(KERNEL_H * KERNEL_W)>])>])m4_dnl
m4_define([<UP_TO>], [<($1 < m4_eval($2) ? $1 : m4_eval($2))>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < OUT_H; y++) {
            WHEN(CLIPPED, [<
                const int LIST([<top = MINUS(TIMES(y, STRIDE_H), PAD_TOP)>], [<first_y = top < 0 ? 0 : top>],
                               [<end_y = top + KERNEL_H < IN_H ? top + KERNEL_H : IN_H>]);
            >])
            for (int x = 0; x < OUT_W; x++) {
                WHEN(CLIPPED, [<
                    const int LIST([<left = MINUS(TIMES(x, STRIDE_W), PAD_LEFT)>], [<first_x = left < 0 ? 0 : left>],
                                   [<end_x = left + KERNEL_W < IN_W ? left + KERNEL_W : IN_W>]);
                    const float *from = MAPS(in, IN, block, BLOCKS);
                >], [<
                    const float *from = TERMS([<MAPS(in, IN, block, BLOCKS)>], [<y * m4_eval(STRIDE_H * IN_ROW)>],
                                              [<x * m4_eval(STRIDE_W * BLOCK)>]);
                >])
                WHEN_IS(KIND[<>]CLIPPED, avg1, [<
                    WHEN(COUNT_PAD, [<
                        const int rows = UP_TO(top + KERNEL_H, IN_H + PAD_BOTTOM) - top;
                        const int columns = UP_TO(left + KERNEL_W, IN_W + PAD_RIGHT) - left;
                    >], [<
                        const int rows = end_y - first_y, columns = end_x - first_x;
                    >])
                >])
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + x * BLOCK;
                for (int lane = 0; lane < BLOCK; lane += LANES) {
                    VECTOR a = EMPTY;
                    WHEN(CLIPPED, [<
                        for (int i = first_y; i < end_y; i++)
                            for (int j = first_x; j < end_x; j++) {
                    >], [<
                        for (int i = 0; i < KERNEL_H; i++)
                            for (int j = 0; j < KERNEL_W; j++) {
                    >])
                            const VECTOR p = LOAD(from + i * IN_ROW + j * BLOCK + lane);
                            m4_indir([<MERGE_>]KIND)
                        }
                    IS(KIND, avg, [<a *= 1.0f / (float)PIXELS;>])
                    WHEN_IS(KIND, l2, [<
                        for (int i = 0; i < LANES; i++)
                            a[i] = sqrtf(a[i]);
                    >])
                    STORE(to + lane, a)
                }
            }
        }
}
SHARE([<in>])
