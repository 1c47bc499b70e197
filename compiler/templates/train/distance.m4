m4_include([<train/train.m4>])m4_dnl
m4_dnl Squared distances to prototypes, y = the sum of (x - w)^2; BACK: dL/dx = 2 * the sum over them of dL/dy * (x -
m4_dnl w).
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(BACK, [<const float *restrict gradient>]), [<const float *restrict in>],
    [<const float *restrict weights>], [<float *restrict out>])
{
    WHEN(BACK, [<
        for (int i = 0; i < COUNT; i++) {
            float sum[LANE_COUNT] = {0.0f};
            for (int k = 0; k < PROTOTYPES; k++)
                EACH_LANE
                    sum[l] += gradient[k * LANE_COUNT + l] * (in[i * LANE_COUNT + l] - weights[k * COUNT + i]);
            EACH_LANE
                out[i * LANE_COUNT + l] = 2.0f * sum[l];
        }
    >], [<
        for (int k = 0; k < PROTOTYPES; k++) {
            float sum[LANE_COUNT] = {0.0f};
            for (int i = 0; i < COUNT; i++)
                EACH_LANE {
                    const float apart = in[i * LANE_COUNT + l] - weights[k * COUNT + i];
                    sum[l] += apart * apart;
                }
            EACH_LANE
                out[k * LANE_COUNT + l] = sum[l];
        }
    >])
}
