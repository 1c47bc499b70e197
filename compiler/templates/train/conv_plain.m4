m4_include([<train/train.m4>])m4_dnl
m4_dnl What a window sees, as conv.m4 computes it, in plain C: each weight multiplies a row of pixels.
m4_define([<NO_TAP>], m4_eval(TAPS_H == 0 || TAPS_W == 0))m4_dnl
/* @about@ */
static void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict weights>],
    IF(BIAS, [<const float *restrict bias>]), [<float *restrict out>])
{
    CLEAR_BORDER
    IF(NO_TAP, [<(void)in, (void)weights;>])
    for (int k = 0; k < m4_eval(GROUPS * OUT_C); k++) {
        WHEN(!NO_TAP, [<
            IF(GROUPS > 1, [<const int g = k / OUT_C;>])
            const float *const from = PLUS(in, IN_START)[<>]IF(GROUPS > 1, [< + g * m4_eval(IN_C * IN_PLANE)>]);
            const float *const w = PLUS(weights, W_START)[<>]IF(GROUPS > 1, m4_dnl
[< + g * W_GROUP + (k - g * OUT_C) * W_FILTER>],
                                                             [< + k * W_FILTER>]);
        >])
        for (int i = 0; i < OUT_H; i++) {
            float *const to = PLUS(out, OUT_START) + k * OUT_PLANE + i * OUT_LINE;
            WHEN(!ADDS, [<
                for (int j = 0; j < OUT_W; j++)
                    EACH_LANE
                        to[j * OUT_STEP + l] = IF(BIAS, [<bias[k]>], [<0.0f>]);
            >])
            WHEN(!NO_TAP, [<
                const int row = TIMES([<i>], ROW_STRIDE)[<>]PLUS_TERM([<1>], ROW_FIRST);
                const int first = FIRST_TAP([<row>]), end = END_TAP([<row>]);
                for (int c = 0; c < IN_C; c++)
                    for (int t = first; t < end; t++)
                        for (int u = 0; u < TAPS_W; u++) {
                            const float factor = w[c * W_CHANNEL + t * W_ROW + u * W_COLUMN];
                            const float *const x = from + c * IN_PLANE + (row[<>]PLUS_TERM([<t>], m4_dnl
ROW_TAP)) * IN_ROW[<>]m4_dnl
PLUS_TERM([<u>], COLUMN_TAP);
                            for (int j = 0; j < OUT_W; j++)
                                EACH_LANE
                                    to[j * OUT_STEP + l] += factor * x[j * IN_STEP + l];
                        }
            >])
        }
    }
}
