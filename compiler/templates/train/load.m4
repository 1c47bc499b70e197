m4_include([<train/train.m4>])m4_dnl
m4_dnl Images as the first tensor: less the mean, times the scale. Beyond the last image the group repeats it.
m4_define([<CONSTANTS>], [<{SEPARATED([<, >], [<I>], CHANNELS, [<m4_indir([<$1_>]I)>])}>])m4_dnl
m4_define([<PIXEL>], [<IS(IN_TYPE, float, [<>], [<(float)>])pixels[l][TIMES([<c>], STEP_C) + TIMES([<y>], m4_dnl
STEP_Y) + TIMES([<x>], STEP_X)]>])m4_dnl
m4_define([<CENTRED>], [<IF(MEANS, [<(PIXEL - mean)>], [<PIXEL>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const IN_TYPE *images, const struct @name@_place *at, float *restrict out)
{
    IF(MEANS, [<static const float means[CHANNELS] = CONSTANTS([<MEAN>]);>])
    IF(SCALES, [<static const float scales[CHANNELS] = CONSTANTS([<FACTOR>]);>])
    const IN_TYPE *pixels[LANE_COUNT];
    EACH_LANE
        pixels[l] = images + (size_t)(at->image m4_dnl
+ (l < at->count ? l : at->count - 1)) * m4_eval(CHANNELS * OUT_H * OUT_W);
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++) {
        IF(MEANS, [<const float mean = means[c];>])
        IF(SCALES, [<const float scale = scales[c];>])
        for (int y = 0; y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++) {
                float *const to = PLUS(out, OUT_START) + c * OUT_PLANE + y * OUT_ROW + x * LANE_COUNT;
                EACH_LANE
                    to[l] = IF(SCALES, [<CENTRED * scale>], [<CENTRED>]);
            }
    }
}
m4_undefine([<PIXEL>], [<CONSTANTS>])m4_dnl
