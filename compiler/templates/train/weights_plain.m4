m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a convolution's or dense operation's weights in plain C: dL/dw = the sum over images and pixels
m4_dnl of dL/dy * x.
m4_define([<TAPS>], m4_eval(TAPS_H * TAPS_W))m4_dnl
/* @about@ */
static void @function@(const float *restrict in, const float *restrict result, float *restrict gradient, int fresh)
{
    for (int k = 0; k < m4_eval(GROUPS * FILTERS); k++)
        for (int c = 0; c < CHANNELS; c++)
            for (int t = 0; t < TAPS_H; t++) {
                const int row = MINUS(TIMES([<t>], DILATION_H), PAD_TOP);
                const int first = row < 0 ? CEILING(-row, STRIDE_H) : 0;
                const int reach = CEILING(IN_H - row, STRIDE_H), end = SMALLER(OUT_H, reach);
                const float *const maps = PLUS(in, IN_START) + m4_dnl
IF(GROUPS > 1, [<(k / FILTERS * CHANNELS + c)>], [<c>]) * IN_PLANE;
                for (int u = 0; u < TAPS_W; u++) {
                    float sums[LANE_COUNT] = {0.0f}, sum = 0.0f;
                    for (int i = first; i < end; i++) {
                        const float *const x = maps + (TIMES([<i>], m4_dnl
STRIDE_H) + row) * IN_ROW + u * m4_eval(DILATION_W * LANE_COUNT);
                        const float *const dy = PLUS(result, OUT_START) + k * OUT_PLANE + i * OUT_ROW;
                        for (int j = 0; j < OUT_W; j++)
                            EACH_LANE
                                sums[l] += dy[j * LANE_COUNT + l] * x[j * m4_eval(STRIDE_W * LANE_COUNT) + l];
                    }
                    EACH_LANE
                        sum += sums[l];
                    float *const to = gradient + ((k * CHANNELS + c) * TAPS_H + t) * TAPS_W + u;
                    *to = fresh ? sum : *to + sum;
                }
            }
}
m4_undefine([<TAPS>])m4_dnl
