m4_dnl Transposed convolution: each pixel of the input adds its window's worth to the result. One map of
m4_dnl the result at a time.
ASSERT([<IN_PER_GROUP >= 1 && OUT_PER_GROUP >= 1 && OUT_C == GROUPS * OUT_PER_GROUP>])m4_dnl
ASSERT([<STRIDE_H >= 1 && STRIDE_W >= 1 && DILATION_H >= 1 && DILATION_W >= 1>])m4_dnl
m4_define([<GROUP>], [<IF(OUT_PER_GROUP > 1, [<k / OUT_PER_GROUP>], [<k>])>])m4_dnl
m4_define([<MAPS>], [<IF(GROUPS > 1, [<maps>], [<in>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const WEIGHT_TYPE *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = BEHIND([<weights>], WEIGHT_COUNT);>])
    for (int k = 0; k < OUT_C; k++) {
        float *map = out + k * OUT_PIXELS;
        IF(GROUPS > 1, [<const float *maps = in + TIMES(GROUP, m4_eval(IN_PER_GROUP * IN_PIXELS));>])
        for (int p = 0; p < OUT_PIXELS; p++)
            map[p] = START([<k * OUT_PIXELS + p>]);
        for (int c = 0; c < IN_PER_GROUP; c++)
            for (int y = 0; y < IN_H; y++)
                for (int i = 0; i < KERNEL_H; i++) {
                    const int to = MINUS(TIMES([<y>], STRIDE_H) + TIMES([<i>], DILATION_H), PAD_TOP);
                    WHEN(CLIP_H, [<
                        if (to < 0 || to >= OUT_H)
                            continue;
                    >])
                    const float *line = MAPS + (c * IN_H + y) * IN_W;
                    const WEIGHT_TYPE *w = weights + ((TIMES([<k>], IN_PER_GROUP) + c) * KERNEL_H + i) * KERNEL_W;
                    float *row = map + to * OUT_W;
                    for (int j = 0; j < KERNEL_W; j++) {
                        IF(HALVES, [<const float tap = STORED([<w[j]>]);>])
                        const int shift = MINUS(TIMES([<j>], DILATION_W), PAD_LEFT);
                        WHEN(CLIP_W, [<
                            const int first = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                            const int reach = CEILING(OUT_W - shift, STRIDE_W), end = reach < IN_W ? reach : IN_W;
                            for (int x = first; x < end; x++)
                        >], [<
                            for (int x = 0; x < IN_W; x++)
                        >])
                            row[TIMES([<x>], STRIDE_W) + shift] += IF(HALVES, tap, [<w[j]>]) * line[x];
                    }
                }
        WHEN(HAS_FINISH, [<
            for (int p = 0; p < OUT_PIXELS; p++)
                map[p] = FINISH([<map[p]>], [<k>], [<k * OUT_PIXELS + p>]);
        >])
    }
}
