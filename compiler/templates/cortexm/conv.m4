m4_dnl Convolution of s8 by pixels. The rows that a window covers are widened once; then each pair of filters goes along
m4_dnl the row. The result may lie where the input lies: its row y comes after row y of the input has been read.
ASSERT([<OUT_C % GROUPS == 0 && IN_C % GROUPS == 0 && (PITCH == IN_C || PITCH == IN_C + 1)>])m4_dnl
m4_define([<FILTERS>], [<m4_eval(OUT_C / GROUPS)>])m4_dnl
m4_define([<MAPS>], [<m4_eval(IN_C / GROUPS)>])m4_dnl
m4_define([<PAIRS>], [<m4_eval((FILTERS + 1) / 2)>])m4_dnl
m4_dnl The first filter of a pair: the last pair may overlap with the one before it.
m4_define([<LAST_PAIR>], [<IF($1 > 1 && $1 % 2, [<(k < m4_eval($1 - 2) ? k : m4_eval($1 - 2))>], [<k>])>])m4_dnl
m4_include([<cortexm/lines.m4>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const signed char *weights, const int32_t *factors,
                       signed char *out, int32_t *rows)
{
    static const struct WORDS[<>]_row row = {OUT_C, m4_eval(FILTERS > 1), KERNEL_H, TAPS, NEXT, LENGTH};
    int16_t *const window = (int16_t *)(void *)rows;
    const int16_t *lines[KERNEL_H];
    for (int y = 0, next = m4_eval(-PAD_TOP); y < OUT_H; y++) {
        const int top = MINUS(TIMES([<y>], STRIDE_H), PAD_TOP);
        IF(STRIDE_H > ROWS, [<next = top;>])
        for (; next < top + ROWS; next++)
            @function@_line(in, next, window + TIMES([<(PLUS(next, PAD_TOP)) % ROWS>], LINE));
        for (int i = 0; i < KERNEL_H; i++)
            lines[i] = window + TIMES([<(PLUS(top, PAD_TOP) + TIMES(i, DILATION_H)) % ROWS>], LINE);
        WHEN(GROUPS > 1, [<
            for (int g = 0; g < GROUPS; g++) {
                for (int k = 0; k < FILTERS; k += 2) {
                    const int filter = g * FILTERS + LAST_PAIR(FILTERS);
                    DOTS[<>](lines, weights + (g * PAIRS + k / 2) * PAIR_BYTES, factors + 4 * filter, out + filter,
                          OUT_W, &row);
                }
                for (int i = 0; i < KERNEL_H; i++)
                    lines[i] += MAPS;
            }
        >], [<
            for (int k = 0; k < FILTERS; k += 2) {
                const int filter = LAST_PAIR(FILTERS);
                DOTS[<>](lines, weights + k / 2 * PAIR_BYTES, factors + 4 * filter, out + filter, OUT_W, &row);
            }
        >])
        out += m4_eval(OUT_W * OUT_C);
    }
}

