m4_dnl Depthwise convolution of s8 by pixels, two channels at a time. The result may lie where the input lies.
ASSERT([<IN_C == OUT_C && PITCH == IN_C && IN_C > 1>])m4_dnl
m4_define([<CHANNEL>], [<IF(IN_C % 2, [<(k < m4_eval(IN_C - 2) ? k : m4_eval(IN_C - 2))>], [<k>])>])m4_dnl
m4_include([<cortexm/lines.m4>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const signed char *weights, const int32_t *factors,
                       signed char *out, int32_t *rows)
{
    int16_t *const window = (int16_t *)(void *)rows;
    const int16_t *lines[KERNEL_H];
    for (int y = 0, next = m4_eval(-PAD_TOP); y < OUT_H; y++) {
        const int top = MINUS(TIMES([<y>], STRIDE_H), PAD_TOP);
        IF(STRIDE_H > ROWS, [<next = top;>])
        for (; next < top + ROWS; next++)
            @function@_line(in, next, window + TIMES([<(PLUS(next, PAD_TOP)) % ROWS>], LINE));
        for (int i = 0; i < KERNEL_H; i++)
            lines[i] = window + TIMES([<(PLUS(top, PAD_TOP) + TIMES(i, DILATION_H)) % ROWS>], LINE);
        for (int k = 0; k < IN_C; k += 2) {
            const int channel = CHANNEL;
            ROW[<>](lines, channel, weights + k / 2 * PAIR_BYTES, factors + 4 * channel, out + channel, OUT_W);
        }
        out += m4_eval(OUT_W * OUT_C);
    }
}

