m4_include([<train/train.m4>])m4_dnl
m4_dnl From y = softmax(x): dL/dx = y*(dL/dy - the sum of dL/dy * y over the channels); from its logarithm, dL/dx =
m4_dnl dL/dy - exp(y) * the sum of dL/dy.
/* @about@ */
WHERE void FUNCTION()(const float *restrict gradient, const float *restrict result, float *restrict out)
{
    CLEAR_BORDER
    for (int p = 0; p < m4_eval(OUT_H * OUT_W); p++) {
        const float *const dy = gradient + PLUS([<p / OUT_W * GRADIENT_ROW + p % OUT_W * LANE_COUNT>], GRADIENT_START);
        const float *const y = result + PLUS([<p / OUT_W * RESULT_ROW + p % OUT_W * LANE_COUNT>], RESULT_START);
        float *const dx = out + PLUS([<p / OUT_W * OUT_ROW + p % OUT_W * LANE_COUNT>], OUT_START);
        float sum[LANE_COUNT] = {0.0f};
        for (int c = 0; c < CHANNELS; c++)
            EACH_LANE
                sum[l] += IF(LOGARITHM, [<dy[c * GRADIENT_PLANE + l]>], m4_dnl
[<dy[c * GRADIENT_PLANE + l] * y[c * RESULT_PLANE + l]>]);
        for (int c = 0; c < CHANNELS; c++)
            EACH_LANE
                dx[c * OUT_PLANE + l] = IF(LOGARITHM,
                    [<dy[c * GRADIENT_PLANE + l] - expf(y[c * RESULT_PLANE + l]) * sum[l]>],
                    [<y[c * RESULT_PLANE + l] * (dy[c * GRADIENT_PLANE + l] - sum[l])>]);
    }
}
