m4_dnl Transposed convolution of s8: as portable/deconv.m4, a row of the result at a time, whose sums lie in scratch.
m4_dnl Which pixels of the input a number of the result meets differs from place to place: the input's zero point is
m4_dnl taken off each.
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<IN_PER_GROUP >= 1 && OUT_PER_GROUP >= 1 && OUT_C == GROUPS * OUT_PER_GROUP>])m4_dnl
ASSERT([<STRIDE_H >= 1 && STRIDE_W >= 1 && DILATION_H >= 1 && DILATION_W >= 1>])m4_dnl
m4_define([<GROUP>], [<IF(OUT_PER_GROUP > 1, [<k / OUT_PER_GROUP>], [<k>])>])m4_dnl
m4_define([<MAPS>], [<IF(GROUPS > 1, [<maps>], [<in>])>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, const signed char *restrict weights,
                       const int32_t *restrict channels, signed char *restrict out, float *restrict scratch)
{
    int32_t *const sums = (int32_t *)(void *)scratch;
    for (int k = 0; k < OUT_C; k++) {
        IF(GROUPS > 1, [<const signed char *maps = in + TIMES(GROUP, m4_eval(IN_PER_GROUP * IN_PIXELS));>])
        for (int to = 0; to < OUT_H; to++) {
            for (int p = 0; p < OUT_W; p++)
                sums[p] = CHANNEL_FIRST([<k>]);
            for (int i = 0; i < KERNEL_H; i++) {
                const int from = PLUS(MINUS([<to>], TIMES([<i>], DILATION_H)), PAD_TOP), y = from / STRIDE_H;
                if (from < 0 || from != y * STRIDE_H || y >= IN_H)
                    continue;
                for (int c = 0; c < IN_PER_GROUP; c++) {
                    const signed char *line = MAPS + (c * IN_H + y) * IN_W;
                    const signed char *w = weights + ((TIMES([<k>], IN_PER_GROUP) + c) * KERNEL_H + i) * KERNEL_W;
                    for (int j = 0; j < KERNEL_W; j++) {
                        const int shift = MINUS(TIMES([<j>], DILATION_W), PAD_LEFT);
                        const int first = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                        const int reach = shift < OUT_W ? CEILING(OUT_W - shift, STRIDE_W) : 0;
                        const int end = reach < IN_W ? reach : IN_W;
                        for (int x = first; x < end; x++)
                            sums[TIMES([<x>], STRIDE_W) + shift] += w[j] * (line[x] - ZERO);
                    }
                }
            }
            for (int p = 0; p < OUT_W; p++)
                out[(k * OUT_H + to) * OUT_W + p] = m4_dnl
RESULT([<sums[p]>], [<CHANNEL_MULTIPLIER([<k>])>], [<CHANNEL_SHIFT([<k>])>]);
        }
    }
}
