m4_dnl A blocked tensor as the caller wants it with layout=hwc: the channels of a pixel side by side.
m4_define([<COPIED>], [<memcpy(to + x * CHANNELS, from + x * BLOCK, $1 * sizeof *to);>])m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    WHEN(CHANNELS / BLOCK > 0, [<
        for (int block = 0; block < m4_eval(CHANNELS / BLOCK); block++)
            for (int y = 0; y < IN_H; y++) {
                const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW;
                float *to = out + y * m4_eval(IN_W * CHANNELS) + block * BLOCK;
                for (int x = 0; x < IN_W; x++)
                    COPIED(BLOCK)
            }
    >])
    WHEN(CHANNELS % BLOCK > 0, [<
        for (int y = 0; y < IN_H; y++) {
            const float *from = MAPS(in, IN, m4_eval(CHANNELS / BLOCK), BLOCKS) + y * IN_ROW;
            float *to = AT(out, CHANNELS / BLOCK * BLOCK) + y * m4_eval(IN_W * CHANNELS);
            for (int x = 0; x < IN_W; x++)
                COPIED(m4_eval(CHANNELS % BLOCK))
        }
    >])
}
