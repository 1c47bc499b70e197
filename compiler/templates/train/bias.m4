m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of biases: dL/db = the sum over images and pixels of dL/dy.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict gradient, int fresh)
{
    for (int c = 0; c < CHANNELS; c++) {
        float sums[LANE_COUNT] = {0.0f}, sum = 0.0f;
        for (int i = 0; i < IN_H; i++) {
            const float *const row = PLUS(in, IN_START) + c * IN_PLANE + i * IN_ROW;
            for (int j = 0; j < IN_W; j++)
                EACH_LANE
                    sums[l] += row[j * LANE_COUNT + l];
        }
        EACH_LANE
            sum += sums[l];
        gradient[c] = fresh ? sum : gradient[c] + sum;
    }
}
