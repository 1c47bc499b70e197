m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Pooling of blocked tensors: vectors over channels. Only real pixels are read: windows are clipped
m4_dnl at the edges, where they reach over them at all.
m4_define([<MERGE>], [<IS(KIND, max, [<a = MAX_[<>]LANES[<>](a, $1);>], [<IS(KIND, l2, [<a += $1 * $1;>], [<a += $1;>])>])>])m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT_[<>]LANES[<>](-INFINITY)>], [<{0}>])>])m4_dnl
/* @about@ */
WORK(const float *restrict in, float *restrict out)
{
    ZERO_HALO(out, BLOCKS, OUT_PLANE, OUT_ROW)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < OUT_H; y++) {
IF(CLIPPED, [<            const int top = MINUS(TIMES(y, STRIDE_H), PAD_TOP), first_y = top < 0 ? 0 : top, end_y = top + KERNEL_H < IN_H ? top + KERNEL_H : IN_H;
>])m4_dnl
            for (int x = 0; x < OUT_W; x++) {
IF(CLIPPED, [<                const int left = MINUS(TIMES(x, STRIDE_W), PAD_LEFT), first_x = left < 0 ? 0 : left, end_x = left + KERNEL_W < IN_W ? left + KERNEL_W : IN_W;
                const float *from = PLUS(in, IN_START) + STEPS(block, IN_PLANE, BLOCKS);
IS(KIND, avg, [<IF(COUNT_PAD, [<                const int rows = (top + KERNEL_H < m4_eval(IN_H + PAD_BOTTOM) ? top + KERNEL_H : m4_eval(IN_H + PAD_BOTTOM)) - top;
                const int columns = (left + KERNEL_W < m4_eval(IN_W + PAD_RIGHT) ? left + KERNEL_W : m4_eval(IN_W + PAD_RIGHT)) - left;
>], [<                const int rows = end_y - first_y, columns = end_x - first_x;
>])>])>], [<                const float *from = PLUS(in, IN_START) + STEPS(block, IN_PLANE, BLOCKS) + y * m4_eval(STRIDE_H * IN_ROW) + x * m4_eval(STRIDE_W * 16);
>])m4_dnl
                float *to = PLUS(out, OUT_START) + STEPS(block, OUT_PLANE, BLOCKS) + y * OUT_ROW + x * 16;
                for (int lane = 0; lane < 16; lane += LANES) {
                    VECTOR a = EMPTY;
IF(CLIPPED, [<                    for (int i = first_y; i < end_y; i++)
                        for (int j = first_x; j < end_x; j++) {
                            const VECTOR p = LOAD(from + i * IN_ROW + j * 16 + lane);
                            MERGE(p)
                        }
>], [<                    for (int i = 0; i < KERNEL_H; i++)
                        for (int j = 0; j < KERNEL_W; j++) {
                            const VECTOR p = LOAD(from + i * IN_ROW + j * 16 + lane);
                            MERGE(p)
                        }
>])m4_dnl
IS(KIND, avg, [<IF(CLIPPED, [<                    a *= 1.0f / (float)(rows * columns);
>], [<                    a *= 1.0f / (float)m4_eval(KERNEL_H * KERNEL_W);
>])>])m4_dnl
IS(KIND, l2, [<                    for (int i = 0; i < LANES; i++)
                        a[i] = sqrtf(a[i]);
>])m4_dnl
                    STORE(to + lane, a)
                }
            }
        }
}
SHARE([<in>])
