m4_include([<train/train.m4>])m4_dnl
m4_dnl A tensor turned so that channels lie side by side, and not images: [group][row][column][image][PADDED channels].
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    for (int g = 0; g < GROUPS; g++)
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < COLUMNS; j++) {
                const float *const from = PLUS(in, IN_START) + g * m4_eval(CHANNELS * IN_PLANE) + i * IN_ROW + j * LANE_COUNT;
                float *const to = out + ((g * ROWS + i) * COLUMNS + j) * m4_eval(LANE_COUNT * PADDED);
                for (int c = 0; c < CHANNELS; c++)
                    EACH_LANE
                        to[l * PADDED + c] = from[c * IN_PLANE + l];
                WHEN(PADDED > CHANNELS, [<
                    EACH_LANE
                        for (int c = CHANNELS; c < PADDED; c++)
                            to[l * PADDED + c] = 0.0f;
                >])
            }
}
