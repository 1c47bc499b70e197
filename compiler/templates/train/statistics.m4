m4_include([<train/train.m4>])m4_dnl
m4_dnl Of each map over a group's images: the mean, and the sum of the squares of what is apart from it.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, const struct @name@_place *at, float *restrict sums)
{
    float real[LANE_COUNT];
    EACH_LANE
        real[l] = l < at->count ? 1.0f : 0.0f;
    for (int c = 0; c < CHANNELS; c++) {
        float part[LANE_COUNT] = {0.0f}, apart[LANE_COUNT] = {0.0f}, mean = 0.0f, square = 0.0f;
        for (int i = 0; i < IN_H; i++) {
            const float *const row = PLUS(in, IN_START) + c * IN_PLANE + i * IN_ROW;
            for (int j = 0; j < IN_W; j++)
                EACH_LANE
                    part[l] += row[j * LANE_COUNT + l];
        }
        EACH_LANE
            mean += part[l] * real[l];
        mean /= (float)at->count * m4_eval(IN_H * IN_W).0f;
        for (int i = 0; i < IN_H; i++) {
            const float *const row = PLUS(in, IN_START) + c * IN_PLANE + i * IN_ROW;
            for (int j = 0; j < IN_W; j++)
                EACH_LANE
                    apart[l] += (row[j * LANE_COUNT + l] - mean) * (row[j * LANE_COUNT + l] - mean);
        }
        EACH_LANE
            square += apart[l] * real[l];
        sums[2 * c] = mean;
        sums[2 * c + 1] = square;
    }
}
