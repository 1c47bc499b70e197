m4_include([<train/train.m4>])m4_dnl
m4_dnl A picture enlarged by whole factors, each pixel repeated; BACK: the gradient, what the copies of a pixel sum up
m4_dnl to.
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<c * $2_PLANE + $3 * $2_ROW + $4 * LANE_COUNT + l>], $2_START)]>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        WHEN(BACK, [<
            for (int y = 0; y < OUT_H; y++)
                for (int x = 0; x < OUT_W; x++) {
                    EACH_LANE
                        NUMBER_OF(out, OUT, y, x) = 0.0f;
                    for (int i = y * FACTOR_H; i < (y + 1) * FACTOR_H; i++)
                        for (int j = x * FACTOR_W; j < (x + 1) * FACTOR_W; j++)
                            EACH_LANE
                                NUMBER_OF(out, OUT, y, x) += NUMBER_OF(in, IN, i, j);
                }
        >], [<
            for (int y = 0; y < OUT_H; y++)
                for (int x = 0; x < OUT_W; x++)
                    EACH_LANE
                        NUMBER_OF(out, OUT, y, x) = NUMBER_OF(in, IN, y / FACTOR_H, x / FACTOR_W);
        >])
}
