m4_dnl Depthwise convolution of floats by pixels: rows are copied beside their padding, or read where they are (see
m4_dnl float_conv.m4). A run is TAPS taps in a row of the window, of which there are SPLIT.
ASSERT([<PIXELS <= OUT_W && IN_C == OUT_C && KERNEL_W == TAPS * SPLIT>])m4_dnl
m4_define([<POOL>], 1)m4_dnl
m4_include([<cortexm/float_result.m4>])m4_dnl
m4_define([<RUNS>], [<m4_eval(KERNEL_H * SPLIT)>])m4_dnl
IF(COPIES, [<m4_include([<cortexm/float_lines.m4>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], RESIDUAL_PARAMETER, [<const float *weights>], [<float *out>],
                            IF(COPIES, [<float *rows>])))
{
    const float *const bias = weights + WEIGHT_COUNT;
    IF(SLOPES, [<const float *const slopes = bias + BIASES;>])
    float sums[m4_eval(PIXELS * FILTERS)];
    const float *runs[RUNS];
    const struct FLOATS[<>]_tile tile = {sums, RUNS, IN_C, TAPS};
    for (int y = 0[<>]IF(COPIES, [<, next = m4_eval(-PAD_TOP)>]); y < OUT_H; y++) {
IF(COPIES, [<READ_LINES[<>]>], [<        const int top = TIMES([<y>], STRIDE_H);
>])m4_dnl
        for (int i = 0; i < KERNEL_H; i++) {
            const int row = top + TIMES([<i>], DILATION_H);
            WHEN(COPIES, [<
                const float *const line = rows + (PLUS(row, PAD_TOP)) % ROWS * LINE;
            >], [<
                const float *const line = in + row * m4_eval(IN_W * IN_C);
            >])
            WHEN(SPLIT > 1, [<
                for (int j = 0; j < SPLIT; j++)
                    runs[i * SPLIT + j] = line + j * m4_eval(TAPS * DILATION_W * IN_C);
            >], [<
                runs[i] = line;
            >])
        }
        for (int x = 0; x < OUT_W; STEP(x, PIXELS)) {
            const int left = LAST(x, PIXELS, OUT_W);
            for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
                const int filter = k;
                COUNT_KEPT
                TILE[<>](&tile, runs, left * m4_eval(STRIDE_W * IN_C) + k, m4_dnl
weights + k * m4_eval(KERNEL_H * KERNEL_W), bias + k);
                for (int p = FRESH(x, PIXELS, OUT_W, left); p < PIXELS; p++) {
                    const float *const sum = sums + p * FILTERS;
                    const int to = (y * OUT_W + left + p) * OUT_C + filter;
WRITTEN([<                    >], [<sum[F]>], [<to>])m4_dnl
                }
            }
        }
    }
}
