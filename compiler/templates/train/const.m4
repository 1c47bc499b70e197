m4_include([<train/train.m4>])m4_dnl
m4_dnl A weight tensor as the first tensor: the same numbers for each image.
/* @about@ */
WHERE void FUNCTION()(const float *restrict numbers, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++) {
                float *const to = PLUS(out, OUT_START) + c * OUT_PLANE + y * OUT_ROW + x * LANE_COUNT;
                const float number = *numbers++;
                EACH_LANE
                    to[l] = number;
            }
}
