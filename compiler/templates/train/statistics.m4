m4_include([<train/train.m4>])m4_dnl
m4_dnl Of each map over a group's images: the mean, and the sum of the squares of what is apart from it.
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const struct @name@_place *at>], [<float *restrict sums>],
    PART_PARAMETERS)
{
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++) {
        const float *const map = PLUS(in, IN_START) + c * IN_PLANE;
        float mean = 0.0f, square = 0.0f;
        NO_SUMS([<part>]);
        for (int i = 0; i < IN_H; i++)
            for (int j = 0; j < IN_W; j++) {
                const float *const x = map + i * IN_ROW + j * LANE_COUNT;
                EACH_SUM([<SUM_OF(part) += NUMBERS_OF(x);>])
            }
        TOTAL_IMAGES([<mean>], [<part>])
        mean /= (float)at->count * m4_eval(IN_H * IN_W).0f;
        NO_SUMS([<apart>]);
        for (int i = 0; i < IN_H; i++)
            for (int j = 0; j < IN_W; j++) {
                const float *const x = map + i * IN_ROW + j * LANE_COUNT;
                EACH_SUM([<SUM_OF(apart) += (NUMBERS_OF(x) - mean) * (NUMBERS_OF(x) - mean);>])
            }
        TOTAL_IMAGES([<square>], [<apart>])
        sums[2 * c] = mean;
        sums[2 * c + 1] = square;
    }
}
