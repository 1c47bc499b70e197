m4_dnl Convolution of any window, stride, padding, dilation and number of groups. One row of the result
m4_dnl at a time: each weight multiplies a whole row of pixels, so that the inner loop is long and
m4_dnl knows no edges.
ASSERT([<IN_PER_GROUP >= 1 && OUT_PER_GROUP >= 1 && OUT_C == GROUPS * OUT_PER_GROUP>])m4_dnl
ASSERT([<STRIDE_H >= 1 && STRIDE_W >= 1 && DILATION_H >= 1 && DILATION_W >= 1>])m4_dnl
m4_define([<GROUP>], [<IF(OUT_PER_GROUP > 1, [<k / OUT_PER_GROUP>], [<k>])>])m4_dnl
m4_define([<MAPS>], [<IF(GROUPS > 1, [<maps>], [<in>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const float *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = weights + WEIGHT_COUNT;>])
    for (int k = 0; k < OUT_C; k++) {
        IF(GROUPS > 1, [<const float *maps = in + TIMES(GROUP, GROUP_SIZE);>])
        for (int y = 0; y < OUT_H; y++) {
            float *row = out + (k * OUT_H + y) * OUT_W;
            for (int x = 0; x < OUT_W; x++)
                row[x] = START([<(k * OUT_H + y) * OUT_W + x>]);
            for (int c = 0; c < IN_PER_GROUP; c++)
                for (int i = 0; i < KERNEL_H; i++) {
                    const int from = MINUS(TIMES([<y>], STRIDE_H) + TIMES([<i>], DILATION_H), PAD_TOP);
                    WHEN(CLIP_H, [<
                        if (from < 0 || from >= IN_H)
                            continue;
                    >])
                    const float *line = MAPS + (c * IN_H + from) * IN_W;
                    const float *w = weights + ((TIMES([<k>], IN_PER_GROUP) + c) * KERNEL_H + i) * KERNEL_W;
                    for (int j = 0; j < KERNEL_W; j++) {
                        const int shift = MINUS(TIMES([<j>], DILATION_W), PAD_LEFT);
                        WHEN(CLIP_W, [<
                            const int first = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                            const int reach = CEILING(IN_W - shift, STRIDE_W), end = reach < OUT_W ? reach : OUT_W;
                            for (int x = first; x < end; x++)
                        >], [<
                            for (int x = 0; x < OUT_W; x++)
                        >])
                            row[x] += w[j] * line[TIMES([<x>], STRIDE_W) + shift];
                    }
                }
            WHEN(HAS_FINISH, [<
                for (int x = 0; x < OUT_W; x++)
                    row[x] = FINISH([<row[x]>], [<k>], [<(k * OUT_H + y) * OUT_W + x>]);
            >])
        }
    }
}
m4_undefine([<GROUP>], [<MAPS>])m4_dnl
