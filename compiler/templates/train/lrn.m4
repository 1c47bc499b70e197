m4_include([<train/train.m4>])m4_dnl
m4_dnl y = x*s^-BETA with s = LRN_K + ALPHA_PER_SIZE * the sum of squares of neighbouring channels; BACK: dL/dx = dL/dy
m4_dnl * s^-BETA - 2*ALPHA_PER_SIZE*BETA * x * the sum of dL/dy * x * s^(-BETA - 1), which are `parts', over the
m4_dnl channels that x is a neighbour of.
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<$3 * $2_PLANE + y * $2_ROW + i>], $2_START)]>])m4_dnl
/* s of channel c at number i of row y. */
WHERE float FUNCTION(_scale)(const float *in, int c, int y, int i)
{
    float sum = 0.0f;
    for (int k = c - BEFORE < 0 ? 0 : c - BEFORE; k <= c + AFTER && k < CHANNELS; k++)
        sum += NUMBER_OF(in, IN, k) * NUMBER_OF(in, IN, k);
    return LRN_K + ALPHA_PER_SIZE * sum;
}

/* @about@ */
WHERE void APPLY(FUNCTION(), IF(BACK, [<const float *restrict gradient>]), [<const float *restrict in>],
    IF(BACK, [<float *restrict parts>]), [<float *restrict out>])
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < IN_H; y++)
            for (int i = 0; i < m4_eval(IN_W * LANE_COUNT); i++) {
                WHEN(BACK, [<
                    const float s = FUNCTION(_scale)(in, c, y, i);
                    const float power = powf(s, -BETA), dy = NUMBER_OF(gradient, GRADIENT, c);
                    NUMBER_OF(out, OUT, c) = dy * power;
                    NUMBER_OF(parts, POWER, c) = dy * NUMBER_OF(in, IN, c) * power / s;
                >], [<
                    NUMBER_OF(out, OUT, c) = NUMBER_OF(in, IN, c) * powf(FUNCTION(_scale)(in, c, y, i), -BETA);
                >])
            }
    WHEN(BACK, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < IN_H; y++)
                for (int i = 0; i < m4_eval(IN_W * LANE_COUNT); i++) {
                    float sum = 0.0f;
                    for (int k = c - AFTER < 0 ? 0 : c - AFTER; k <= c + BEFORE && k < CHANNELS; k++)
                        sum += NUMBER_OF(parts, POWER, k);
                    NUMBER_OF(out, OUT, c) -= 2.0f * ALPHA_PER_SIZE * BETA * NUMBER_OF(in, IN, c) * sum;
                }
    >])
}
