m4_dnl Convolution of floats by pixels. Rows are copied beside their padding, so that no tile knows of edges; where
m4_dnl there is no padding and the result cannot take the input's place, they are read where they are (COPIES 0). A run
m4_dnl is a row of the window, or a tap if it is dilated or there are groups. POOL 2: what is written is the maximum of
m4_dnl four.
ASSERT([<POOL == 1 || POOL == 2 && OUT_H % 2 == 0 && OUT_W % 2 == 0 && PIXELS % 2 == 0>])m4_dnl
ASSERT([<PIXELS <= OUT_W && OUT_C == GROUPS * OUT_PER_GROUP && (GROUPS == 1 || OUT_PER_GROUP % FILTERS == 0)>])m4_dnl
m4_include([<cortexm/float_result.m4>])m4_dnl
m4_define([<PIXEL>], [<m4_eval(STRIDE_W * IN_C)>])m4_dnl
m4_define([<MAPS>], [<m4_eval(IN_C / GROUPS)>])m4_dnl
m4_define([<WIDTH>], [<m4_eval(OUT_W / POOL)>])m4_dnl
m4_define([<RUNS>], [<m4_eval(KERNEL_H * TAPS)>])m4_dnl
m4_define([<FILTER_WEIGHTS>], [<m4_eval(RUNS * LENGTH)>])m4_dnl
m4_define([<TO>], [<m4_eval(PIXELS * FILTERS)>])m4_dnl
m4_dnl OTHER(pixel of a pool's window): how far its sum is from the first one's.
m4_define([<OTHER>], [<m4_eval(($1) / 2 * TO + ($1) % 2 * FILTERS)>])m4_dnl
IF(COPIES, [<m4_include([<cortexm/float_lines.m4>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], RESIDUAL_PARAMETER, [<const float *weights>], [<float *out>],
                            IF(COPIES, [<float *rows>])))
{
    const float *const bias = weights + WEIGHT_COUNT;
    IF(SLOPES, [<const float *const slopes = bias + BIASES;>])
    float sums[m4_eval(POOL * PIXELS * FILTERS)];
    const float *runs[m4_eval(POOL * RUNS)];
    IF(POOL > 1, [<>], [<const >])struct FLOATS[<>]_tile tile = {sums, RUNS, PIXEL, LENGTH};
    for (int y = 0[<>]IF(COPIES, [<, next = m4_eval(-PAD_TOP)>]); y < OUT_H; STEP(y, POOL)) {
IF(COPIES, [<READ_LINES[<>]>], [<        const int top = TIMES([<y>], STRIDE_H);
>])m4_dnl
        for (int i = 0; i < m4_eval(POOL * KERNEL_H); i++) {
            const int row = IF(POOL > 1, [<top + TIMES([<(i / KERNEL_H)>], STRIDE_H) + TIMES([<i % KERNEL_H>], m4_dnl
DILATION_H)>], [<top + TIMES([<i>], DILATION_H)>]);
            WHEN(COPIES, [<
                const float *const line = rows + (PLUS(row, PAD_TOP)) % ROWS * LINE;
            >], [<
                const float *const line = in + row * m4_eval(IN_W * IN_C);
            >])
            WHEN(TAPS > 1, [<
                for (int j = 0; j < TAPS; j++)
                    runs[i * TAPS + j] = line + j * m4_eval(DILATION_W * IN_C);
            >], [<
                runs[i] = line;
            >])
        }
        for (int x = 0; x < OUT_W; STEP(x, PIXELS)) {
            const int left = LAST(x, PIXELS, OUT_W);
            IF(GROUPS > 1, [<for (int g = 0; g < GROUPS; g++)>])
            for (int k = 0; k < OUT_PER_GROUP; STEP(k, FILTERS)) {
                const int filter = IF(GROUPS > 1, [<TIMES([<g>], OUT_PER_GROUP) + >])k;
                const int at = left * PIXEL[<>]IF(GROUPS > 1, [< + TIMES([<g>], MAPS)>]);
                COUNT_KEPT
                IF(POOL > 1, [<tile.sums = sums;>])
                TILE[<>](&tile, runs, at, weights + filter * FILTER_WEIGHTS, bias + filter);
                WHEN(POOL > 1, [<
                    tile.sums = sums + TO;
                    TILE[<>](&tile, runs + RUNS, at, weights + filter * FILTER_WEIGHTS, bias + filter);
                >])
                for (int p = FRESH(x, PIXELS, OUT_W, left); p < PIXELS; STEP(p, POOL)) {
                    const float *const sum = sums + p * FILTERS;
IF(POOL > 1, [<                    const int to = (y / POOL * WIDTH + (left + p) / POOL) * OUT_C + filter;
                    for (int f = 0; f < KEPT; f++) {
                        float most = sum[f];
                        FOR([<N>], 3, [<
                            most = sum[f + OTHER(N + 1)] > most || sum[f + OTHER(N + 1)] != sum[f + OTHER(N + 1)] m4_dnl
? sum[f + OTHER(N + 1)] : most;
                        >])
                        out[to + f] = FINISH([<most>], [<filter + f>], [<to + f>]);
                    }
>], [<                    const int to = (y * OUT_W + left + p) * OUT_C + filter;
WRITTEN([<                    >], [<sum[F]>], [<to>])>])m4_dnl
                }
            }
        }
    }
}
