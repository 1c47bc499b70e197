m4_include([<train/train.m4>])m4_dnl
m4_dnl Of a weight tensor that each image saw as it is: dL/dy, summed over the images of a group.
/* @about@ */
WHERE void FUNCTION()(const float *restrict gradient, float *restrict numbers, int fresh)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < GRADIENT_H; y++)
            for (int x = 0; x < GRADIENT_W; x++) {
                const float *const from = PLUS(gradient, m4_dnl
GRADIENT_START) + c * GRADIENT_PLANE + y * GRADIENT_ROW + x * LANE_COUNT;
                float sum = 0.0f;
                EACH_LANE
                    sum += from[l];
                *numbers = fresh ? sum : *numbers + sum;
                numbers++;
            }
}
