m4_dnl A 1x1 convolution at stride 1: weighted sums of maps, pixel by pixel, of RUN pixels and FILTERS filters at a
m4_dnl time. DEPTH maps are added at once, which spares loads and stores of sums. The last tile overlaps with the one
m4_dnl before it where they do not divide the map or the filters; only what is new is written, because the residual may
m4_dnl lie where the result lies.
ASSERT([<IN_C % DEPTH == 0 && FILTERS <= OUT_C && RUN >= 1 && RUN <= PIXELS>])m4_dnl
m4_define([<WEIGHT_AT>], [<w[m4_eval(K * IN_C + T)]>])m4_dnl
m4_define([<TAP>], [<IF(HALVES, [<w[<>]K[<>]_[<>]T>], [<WEIGHT_AT>]) * map[PLUS(q, m4_eval(T * PIXELS))]>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const WEIGHT_TYPE *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = BEHIND([<weights>], WEIGHT_COUNT);>])
    float sums[FILTERS][RUN];
    for (int p = 0; p < PIXELS; STEP(p, RUN))
        for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
            const int pixel = LAST(p, RUN, PIXELS), filter = LAST(k, FILTERS, OUT_C);
            for (int f = 0; f < FILTERS; f++)
                for (int q = 0; q < RUN; q++)
                    sums[f][q] = IF(HAS_BIAS, [<bias[filter + f]>], 0.0f);
            for (int c = 0; c < IN_C; STEP(c, DEPTH)) {
                const float *map = in + c * PIXELS + pixel;
                const WEIGHT_TYPE *w = weights + filter * IN_C + c;
                WHEN(HALVES, [<
                    FOR([<K>], FILTERS, [<
                        FOR([<T>], DEPTH, [<
                            const float w[<>]K[<>]_[<>]T = STORED([<WEIGHT_AT>]);
                        >])
                    >])
                >])
                for (int q = 0; q < RUN; q++) {
EACH([<K>], FILTERS, [<                    sums[K][q] = sums[K][q]EACH([<T>], DEPTH, [< + TAP>]);
>])                }
            }
            for (int f = FRESH(k, FILTERS, OUT_C, filter); f < FILTERS; f++) {
                const int to = (filter + f) * PIXELS + pixel;
                for (int q = FRESH(p, RUN, PIXELS, pixel); q < RUN; q++)
                    out[to + q] = FINISH([<sums[f][q]>], [<filter + f>], [<to + q>]);
            }
        }
}
