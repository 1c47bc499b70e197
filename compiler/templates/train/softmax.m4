m4_include([<train/train.m4>])m4_dnl
m4_dnl y = exp(x) divided by its sum over the channels, or the logarithm of that.
m4_define([<SCORE>], [<x[c * IN_PLANE + l]>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    CLEAR_BORDER
    for (int p = 0; p < m4_eval(IN_H * IN_W); p++) {
        const float *const x = in + PLUS([<p / IN_W * IN_ROW + p % IN_W * LANE_COUNT>], IN_START);
        float *const y = out + PLUS([<p / IN_W * OUT_ROW + p % IN_W * LANE_COUNT>], OUT_START);
        float top[LANE_COUNT], sum[LANE_COUNT] = {0.0f};
        EACH_LANE
            top[l] = x[l];
        for (int c = 1; c < CHANNELS; c++)
            EACH_LANE
                top[l] = SCORE > top[l] ? SCORE : top[l];
        for (int c = 0; c < CHANNELS; c++)
            EACH_LANE {
                y[c * OUT_PLANE + l] = expf(SCORE - top[l]);
                sum[l] += y[c * OUT_PLANE + l];
            }
        for (int c = 0; c < CHANNELS; c++)
            EACH_LANE
                y[c * OUT_PLANE + l] = IF(LOGARITHM, [<SCORE - top[l] - logf(sum[l])>], m4_dnl
[<y[c * OUT_PLANE + l] / sum[l]>]);
    }
}
m4_undefine([<SCORE>])m4_dnl
