m4_include([<train/train.m4>])m4_dnl
m4_dnl Matrix products, of CHANNELS channels: each number is the sum of INNER products, along the rows of one matrix and
m4_dnl the columns of the other, or whatever their steps say; SUMMED channels that shared a matrix add up.
m4_define([<NUMBER_OF>], [<$1[TERMS(IF($2_START, $2_START), IF($2_PLANE, [<TIMES(CHANNEL, $2_PLANE)>]), m4_dnl
[<TIMES([<$3>], $2_ALONG)>], [<TIMES(k, $2_SUM)>], [<l>])]>])m4_dnl
m4_define([<CHANNEL>], [<IF(SUMMED > 1, [<m>], [<c>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, const float *restrict second, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++) {
                float *const to = out + TERMS(IF(OUT_START, OUT_START), [<c * OUT_PLANE>], [<y * OUT_ROW>], m4_dnl
[<x * LANE_COUNT>]);
                float sum[LANE_COUNT] = {0.0f};
                IF(SUMMED > 1, [<for (int m = 0; m < SUMMED; m++)>])
                for (int k = 0; k < INNER; k++)
                    EACH_LANE
                        sum[l] += NUMBER_OF([<in>], [<IN>], y) * NUMBER_OF([<second>], [<SECOND>], x);
                EACH_LANE
                    to[l] = sum[l];
            }
}
