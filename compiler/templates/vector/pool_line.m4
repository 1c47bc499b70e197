m4_dnl Pools whose windows overlap or reach over the edges, one row of windows at a time: what their rows make of each
m4_dnl column comes into `line', beside what stands for padding, and then every window is KERNEL_W neighbours there.
m4_dnl The line has COLUMNS pixels, of which READ lie in the map.
ASSERT([<COLUMNS == (OUT_W - 1) * STRIDE_W + KERNEL_W && READ >= 1 && PAD_LEFT + READ <= COLUMNS>])m4_dnl
m4_define([<VECTORS>], [<m4_eval(BLOCK / LANES)>])m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_dnl What a pixel of a column is at first, and what it and a pixel after it become.
m4_define([<BEGIN>], [<IS(KIND, l2, [<p * p>], [<p>])>])m4_dnl
m4_define([<MERGE>], [<IS(KIND, max, [<a = LARGER(a, $1);>], [<a += $1;>])>])m4_dnl
m4_dnl How many pixels an average is of.
m4_define([<UP_TO>], [<($1 < m4_eval($2) ? $1 : m4_eval($2))>])m4_dnl
m4_define([<COUNT>], [<IF(CLIPPED, [<(high * wide)>], [<m4_eval(KERNEL_H * KERNEL_W)>])>])m4_dnl
m4_define([<HIGH>], [<IF(COUNT_PAD, [<UP_TO(top + KERNEL_H, IN_H + PAD_BOTTOM) - top>], [<rows>])>])m4_dnl
m4_define([<WIDE>], [<IF(COUNT_PAD, [<UP_TO(left + KERNEL_W, IN_W + PAD_RIGHT) - left>],
    [<UP_TO(left + KERNEL_W, IN_W) - (left < 0 ? 0 : left)>])>])m4_dnl
/* What the rows of a row of windows make of each column. */
TARGET static void APPLY(FUNCTION(_columns), [<const float *from>], IF(CLIPPED, [<int rows>]), [<VECTOR *line>])
{
    WHEN(CLIPPED, [<
        if (rows < KERNEL_H) {
            for (int i = 0; i < m4_eval(READ * VECTORS); i++) {
                VECTOR a = EMPTY;
                for (int r = 0; r < rows; r++) {
                    const VECTOR p = LOAD(from + r * IN_ROW + i * LANES);
                    MERGE(BEGIN)
                }
                line[i] = a;
            }
            return;
        }
    >])
    for (int i = 0; i < m4_eval(READ * VECTORS); i++, from += LANES) {
        VECTOR p = LOAD(from), a = BEGIN;
        WHEN(UNROLLED, [<
            FOR([<R>], KERNEL_H - 1, [<
                p = LOAD(from + m4_eval((R + 1) * IN_ROW));
                MERGE(BEGIN)
            >])
        >], [<
            for (int r = 1; r < KERNEL_H; r++) {
                p = LOAD(from + r * IN_ROW);
                MERGE(BEGIN)
            }
        >])
        line[i] = a;
    }
}

/* @about@ */
WORK([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]), [<float *restrict out>])
{
    VECTOR line[m4_eval(COLUMNS * VECTORS)];
    ZERO_HALO(BLOCKS)
    WHEN(COLUMNS > READ, [<
        for (int i = 0; i < m4_eval(COLUMNS * VECTORS); i++)
            line[i] = IS(KIND, max, [<EMPTY>], [<(VECTOR)EMPTY>]);
    >])
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < OUT_H; y++) {
            WHEN(CLIPPED, [<
                const int LIST([<top = MINUS(TIMES(y, STRIDE_H), PAD_TOP)>], [<first_y = top < 0 ? 0 : top>],
                               [<rows = UP_TO(top + KERNEL_H, IN_H) - first_y>]);
            >])
            const float *from = TERMS([<MAPS(in, IN, block, BLOCKS)>], IF(CLIPPED, [<first_y * IN_ROW>],
                                                                         [<y * m4_eval(STRIDE_H * IN_ROW)>]));
            float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW;
            APPLY(FUNCTION(_columns), [<from>], IF(CLIPPED, [<rows>]), [<PLUS(line, m4_eval(PAD_LEFT * VECTORS))>]);
            IS(KIND[<>]CLIPPED, avg1, [<const int high = HIGH;>])
            for (int x = 0; x < OUT_W; x++) {
                WHEN_IS(KIND[<>]CLIPPED, avg1, [<
                    const int LIST([<left = MINUS(TIMES(x, STRIDE_W), PAD_LEFT)>], [<wide = WIDE>]);
                >])
                for (int lane = 0; lane < BLOCK; lane += LANES) {
                    const VECTOR *window = line + x * m4_eval(STRIDE_W * VECTORS) + lane / LANES;
                    VECTOR a = window[0];
                    WHEN(UNROLLED, [<
                        FOR([<J>], KERNEL_W - 1, [<
                            MERGE([<window[m4_eval((J + 1) * VECTORS)]>])
                        >])
                    >], [<
                        for (int j = 1; j < KERNEL_W; j++)
                            MERGE([<window[j * VECTORS]>])
                    >])
                    IS(KIND, avg, [<a *= 1.0f / (float)COUNT;>])
                    WHEN_IS(KIND, l2, [<
                        for (int i = 0; i < LANES; i++)
                            a[i] = sqrtf(a[i]);
                    >])
                    WHEN(AFFINE, [<
                        a = a * LOAD(weights + block * BLOCK + lane) + m4_dnl
LOAD(weights + m4_eval(BLOCKS * BLOCK) + block * BLOCK + lane);
                    >])
                    STORE(to + x * BLOCK + lane, VECTOR_ACTIVATE(a))
                }
            }
        }
}
SHARE([<in>], IF(AFFINE, [<weights>]))
