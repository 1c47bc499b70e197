m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of biases: dL/db = the sum over images and pixels of dL/dy.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict gradient, int fresh)
{
    for (int c = 0; c < CHANNELS; c++) {
        float sum = 0.0f;
        NO_SUMS([<part>]);
        for (int i = 0; i < IN_H; i++)
            for (int j = 0; j < IN_W; j++) {
                const float *const x = PLUS(in, IN_START) + c * IN_PLANE + i * IN_ROW + j * LANE_COUNT;
                EACH_SUM([<SUM_OF(part) += NUMBERS_OF(x);>])
            }
        TOTAL_LANES([<sum>], [<part>])
        gradient[c] = fresh ? sum : gradient[c] + sum;
    }
}
