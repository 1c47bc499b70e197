m4_dnl Pooling of blocked tensors: vectors over channels. Only real pixels are read: windows are clipped
m4_dnl at the edges, where they reach over them at all (CLIPPED).
m4_dnl
m4_dnl What each kind of pool starts from, does with a pixel p, and with the result.
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_define([<MERGE_max>], [<a = LARGER(a, p);>])m4_dnl
m4_define([<MERGE_avg>], [<a += p;>])m4_dnl
m4_define([<MERGE_l2>], [<a += p * p;>])m4_dnl
m4_define([<MERGE_gauss>], [<{
                                const float weight = row_weights[i[<>]FROM_TOP] * column_weights[j[<>]FROM_LEFT];
                                a += weight * p;
                                total += weight;
                            }>])m4_dnl
m4_dnl Weights belong to places of the window before it is clipped.
m4_define([<FROM_TOP>], [<IF(CLIPPED, [< - IF(ADAPTIVE, [<first_y>], [<top>])>])>])m4_dnl
m4_define([<FROM_LEFT>], [<IF(CLIPPED, [< - IF(ADAPTIVE, [<first_x>], [<left>])>])>])m4_dnl
m4_define([<PIXELS>], [<IF(CLIPPED, [<(rows * columns)>], [<m4_eval(KERNEL_H * KERNEL_W)>])>])m4_dnl
m4_define([<UP_TO>], [<($1 < m4_eval($2) ? $1 : m4_eval($2))>])m4_dnl
m4_dnl The weights of a gauss pool's window along both axes: the same for all windows, or as large as each is.
m4_define([<GAUSS_ONCE>], [<IS(KIND[<>]ADAPTIVE, gauss0, [<GAUSS_WINDOW[<>]($1, $2);>])>])m4_dnl
m4_define([<GAUSS_EACH>], [<IS(KIND[<>]ADAPTIVE, gauss1, [<GAUSS_WINDOW[<>]($1, $2);>])>])m4_dnl
m4_dnl Adaptive windows: from floor(i*H/out) to ceil((i + 1)*H/out).
m4_define([<ADAPTIVE_FIRST>], [<$1 * IN_$2 / OUT_$2>])m4_dnl
m4_define([<ADAPTIVE_END>], [<(($1 + 1) * IN_$2 + m4_eval(OUT_$2 - 1)) / OUT_$2>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]), [<float *restrict out>])
{
    IS(KIND, gauss, [<float row_weights[KERNEL_H], column_weights[KERNEL_W];>])
    GAUSS_ONCE([<row_weights>], KERNEL_H)
    GAUSS_ONCE([<column_weights>], KERNEL_W)
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < OUT_H; y++) {
            WHEN(ADAPTIVE, [<
                const int first_y = ADAPTIVE_FIRST([<y>], H), end_y = ADAPTIVE_END([<y>], H);
                GAUSS_EACH([<row_weights>], [<end_y - first_y>])
            >])
            WHEN(CLIPPED && !ADAPTIVE, [<
                const int LIST([<top = MINUS(TIMES(y, STRIDE_H), PAD_TOP)>], [<first_y = top < 0 ? 0 : top>],
                               [<end_y = top + KERNEL_H < IN_H ? top + KERNEL_H : IN_H>]);
            >])
            for (int x = 0; x < OUT_W; x++) {
                WHEN(ADAPTIVE, [<
                    const int first_x = ADAPTIVE_FIRST([<x>], W), end_x = ADAPTIVE_END([<x>], W);
                    GAUSS_EACH([<column_weights>], [<end_x - first_x>])
                    const float *from = MAPS(in, IN, block, BLOCKS);
                >])
                WHEN(CLIPPED && !ADAPTIVE, [<
                    const int LIST([<left = MINUS(TIMES(x, STRIDE_W), PAD_LEFT)>], [<first_x = left < 0 ? 0 : left>],
                                   [<end_x = left + KERNEL_W < IN_W ? left + KERNEL_W : IN_W>]);
                    const float *from = MAPS(in, IN, block, BLOCKS);
                >])
                WHEN(!CLIPPED, [<
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
                    IS(KIND, gauss, [<float total = 0.0f;>])
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
                    IS(KIND, gauss, [<a *= total > 0.0f ? 1.0f / total : 0.0f;>])
                    WHEN(AFFINE, [<
                        a = a * LOAD(weights + block * BLOCK + lane) + m4_dnl
LOAD(weights + m4_eval(BLOCKS * BLOCK) + block * BLOCK + lane);
                    >])
                    STORE(to + lane, VECTOR_ACTIVATE(a))
                }
            }
        }
}
SHARE([<in>], IF(AFFINE, [<weights>]))
