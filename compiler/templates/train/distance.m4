m4_include([<train/train.m4>])m4_dnl
m4_dnl Squared distances to prototypes, y = the sum of (x - w)^2; BACK: dL/dx = 2 * the sum over them of dL/dy * (x -
m4_dnl w).
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<c * $2_PLANE + y * $2_ROW + x * LANE_COUNT + l>], $2_START)]>])m4_dnl
m4_define([<OF_PROTOTYPE>], [<$1[<>][PLUS([<k * $2_PLANE + l>], $2_START)]>])m4_dnl
m4_define([<WEIGHT>], [<weights[k * m4_eval(CHANNELS * IN_H * IN_W) + (c * IN_H + y) * IN_W + x]>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(BACK, [<const float *restrict gradient>]), [<const float *restrict in>],
    [<const float *restrict weights>], [<float *restrict out>])
{
    CLEAR_BORDER
    WHEN(BACK, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < IN_H; y++)
                for (int x = 0; x < IN_W; x++) {
                    float sum[LANE_COUNT] = {0.0f};
                    for (int k = 0; k < PROTOTYPES; k++)
                        EACH_LANE
                            sum[l] += OF_PROTOTYPE(gradient, GRADIENT) * (NUMBER_OF(in, IN) - WEIGHT);
                    EACH_LANE
                        NUMBER_OF(out, OUT) = 2.0f * sum[l];
                }
    >], [<
        for (int k = 0; k < PROTOTYPES; k++) {
            float sum[LANE_COUNT] = {0.0f};
            for (int c = 0; c < CHANNELS; c++)
                for (int y = 0; y < IN_H; y++)
                    for (int x = 0; x < IN_W; x++)
                        EACH_LANE {
                            const float apart = NUMBER_OF(in, IN) - WEIGHT;
                            sum[l] += apart * apart;
                        }
            EACH_LANE
                OF_PROTOTYPE(out, OUT) = sum[l];
        }
    >])
}
m4_undefine([<OF_PROTOTYPE>], [<WEIGHT>])m4_dnl
