m4_dnl A 1x1 convolution of s8 at stride 1: as portable/pointwise.m4, of integers.
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<IN_C % DEPTH == 0 && FILTERS <= OUT_C && RUN >= 1 && RUN <= PIXELS>])m4_dnl
m4_define([<TAP>], [<w[m4_eval(K * IN_C + T)] * map[PLUS(q, m4_eval(T * PIXELS))]>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, const signed char *restrict weights,
                       const int32_t *restrict channels, signed char *restrict out)
{
    int32_t sums[FILTERS][RUN];
    for (int p = 0; p < PIXELS; STEP(p, RUN))
        for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
            const int pixel = LAST(p, RUN, PIXELS), filter = LAST(k, FILTERS, OUT_C);
            for (int f = 0; f < FILTERS; f++)
                for (int q = 0; q < RUN; q++)
                    sums[f][q] = CHANNEL_FIRST([<filter + f>]);
            for (int c = 0; c < IN_C; STEP(c, DEPTH)) {
                const signed char *map = in + c * PIXELS + pixel;
                const signed char *w = weights + filter * IN_C + c;
                for (int q = 0; q < RUN; q++) {
EACH([<K>], FILTERS, [<                    sums[K][q] = sums[K][q]EACH([<T>], DEPTH, [< + TAP>]);
>])                }
            }
            for (int f = 0; f < FILTERS; f++) {
                const int32_t multiplier = CHANNEL_MULTIPLIER([<filter + f>]), shift = CHANNEL_SHIFT([<filter + f>]);
                signed char *to = out + (filter + f) * PIXELS + pixel;
                for (int q = 0; q < RUN; q++)
                    to[q] = RESULT([<sums[f][q]>], [<multiplier>], [<shift>]);
            }
        }
}
