m4_dnl A 1x1 convolution of floats at stride 1, by pixels. Where the result may take the input's place, a tile's pixels
m4_dnl are copied first (COPIES 1).
ASSERT([<PIXELS <= COUNT>])m4_dnl
m4_include([<cortexm/float_result.m4>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], RESIDUAL_PARAMETER, [<const float *weights>], [<float *out>],
                            IF(COPIES, [<float *rows>])))
{
    const float *const bias = weights + WEIGHT_COUNT;
    IF(SLOPES, [<const float *const slopes = bias + BIASES;>])
    float sums[m4_eval(PIXELS * FILTERS)];
    const struct FLOATS[<>]_tile tile = {sums, 1, IN_C, IN_C};
    for (int p = 0; p < COUNT; STEP(p, PIXELS)) {
        const int pixel = LAST(p, PIXELS, COUNT);
        WHEN(COPIES, [<
            const float *const run = rows;
            IF(COUNT % PIXELS, [<const int old = p - pixel;>])
            FLOATS[<>]_copy(in + TIMES([<p>], IN_C), m4_dnl
IF(COUNT % PIXELS, [<rows + TIMES([<old>], IN_C)>], [<rows>]), m4_dnl
IF(COUNT % PIXELS, [<TIMES([<(PIXELS - old)>], IN_C)>], m4_eval(PIXELS * IN_C)));
        >], [<
            const float *const run = in + TIMES([<pixel>], IN_C);
        >])
        for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
            const int filter = k;
            COUNT_KEPT
            TILE[<>](&tile, &run, 0, weights + TIMES([<k>], IN_C), bias + k);
            for (int q = FRESH(p, PIXELS, COUNT, pixel); q < PIXELS; q++) {
                const float *const sum = sums + q * FILTERS;
                const int to = TIMES([<(pixel + q)>], OUT_C) + filter;
WRITTEN([<                >], [<sum[F]>], [<to>])m4_dnl
            }
        }
    }
}
