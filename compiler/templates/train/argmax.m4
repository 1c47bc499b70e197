m4_include([<train/train.m4>])m4_dnl
m4_dnl Where the largest number of a window is, which lies along one axis, or the first NaN.
m4_include([<train/reduce_window.m4>])m4_dnl
m4_define([<STEP>], [<IF(WINDOW_C > 1, [<IN_PLANE>], [<IF(WINDOW_H > 1, [<IN_ROW>], [<LANE_COUNT>])>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS; y++)
            for (int x = 0; x < COLUMNS; x++) {
                const float *const from = FIRST_OF_WINDOW([<in>], [<IN>]);
                float *const to = ONE_OF([<out>], [<OUT>]);
                float most[LANE_COUNT], place[LANE_COUNT];
                EACH_LANE {
                    most[l] = from[l];
                    place[l] = 0.0f;
                }
                for (int k = 1; k < COUNT; k++)
                    EACH_LANE {
                        const float v = from[k * STEP + l];
                        const int next = !(v <= most[l]) && most[l] == most[l];
                        place[l] = next ? (float)k : place[l];
                        most[l] = next ? v : most[l];
                    }
                EACH_LANE
                    to[l] = place[l];
            }
}
