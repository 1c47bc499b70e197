m4_dnl A 1x1 convolution at stride 1: a weighted sum of maps, pixel by pixel.
ASSERT([<IN_C >= 1 && OUT_C >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const float *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = weights + WEIGHT_COUNT;>])
    for (int k = 0; k < OUT_C; k++) {
        float *map = out + k * PIXELS;
        const float *w = weights + k * IN_C;
        for (int p = 0; p < PIXELS; p++)
            map[p] = START([<k * PIXELS + p>]);
        for (int c = 0; c < IN_C; c++)
            for (int p = 0; p < PIXELS; p++)
                map[p] += w[c] * in[c * PIXELS + p];
        WHEN(HAS_FINISH, [<
            for (int p = 0; p < PIXELS; p++)
                map[p] = FINISH([<map[p]>], [<k>], [<k * PIXELS + p>]);
        >])
    }
}
