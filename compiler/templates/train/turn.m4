m4_include([<train/train.m4>])m4_dnl
m4_dnl A tensor turned so that channels lie side by side, and not images: [group][block][row][column][image][BLOCK
m4_dnl channels]; the last block of a group is padded with zeros.
m4_define([<BLOCKS>], m4_eval((CHANNELS + BLOCK - 1) / BLOCK))m4_define([<REST>], m4_eval(CHANNELS % BLOCK))m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    EACH_GROUP
        for (int b = 0; b < BLOCKS; b++) {
            IF(REST, [<const int channels = b + 1 < BLOCKS ? BLOCK : REST;>])
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLUMNS; j++, out += m4_eval(LANE_COUNT * BLOCK)) {
                    const float *const from = PLUS(in, m4_dnl
IN_START)[<>]PLUS_GROUP(CHANNELS * IN_PLANE) + b * m4_eval(BLOCK * IN_PLANE) + i * IN_ROW + j * LANE_COUNT;
                    WHEN(REST, [<
                        EACH_LANE
                            for (int c = 0; c < BLOCK; c++)
                                out[l * BLOCK + c] = c < channels ? from[c * IN_PLANE + l] : 0.0f;
                    >], [<
                        EACH_LANE
                            for (int c = 0; c < BLOCK; c++)
                                out[l * BLOCK + c] = from[c * IN_PLANE + l];
                    >])
                }
        }
}
m4_undefine([<BLOCKS>])m4_dnl
