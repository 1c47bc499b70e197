m4_dnl A 1x1 convolution of s8 at stride 1, by pixels: RUN pixels are widened at a time. The result may lie where the
m4_dnl input lies, if it is as large.
ASSERT([<COUNT >= 1 && RUN >= 1 && RUN <= COUNT && LENGTH % 4 == 0 && LENGTH >= IN_C>])m4_dnl
m4_define([<LAST_PAIR>], [<IF($1 > 1 && $1 % 2, [<(k < m4_eval($1 - 2) ? k : m4_eval($1 - 2))>], [<k>])>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const signed char *weights, const int32_t *factors,
                       signed char *out, int32_t *rows)
{
    static const struct WORDS[<>]_row row = {OUT_C, m4_eval(OUT_C > 1), 1, 1, LENGTH, LENGTH};
    int16_t *const pixels = (int16_t *)(void *)rows;
    const int16_t *const lines[1] = {pixels};
    for (int p = 0; p < COUNT; p += RUN) {
        const int count = IF(COUNT % RUN, [<COUNT - p < RUN ? COUNT - p : RUN>], RUN);
        WHEN(LENGTH == IN_C, [<
            WORDS[<>]_widen(in + TIMES([<p>], IN_C), pixels, TIMES([<count>], IN_C));
        >], [<
            for (int i = 0; i < count; i++) {
                WORDS[<>]_widen(in + TIMES([<(p + i)>], IN_C), pixels + i * LENGTH, IN_C);
                WORDS[<>]_fill(pixels + i * LENGTH + IN_C, 0, m4_eval(LENGTH - IN_C));
            }
        >])
        for (int k = 0; k < OUT_C; k += 2) {
            const int filter = LAST_PAIR(OUT_C);
            DOTS[<>](lines, weights + TIMES([<k>], LENGTH), factors + 4 * filter, out + TIMES([<p>], OUT_C) + filter,
                  count, &row);
        }
    }
}

