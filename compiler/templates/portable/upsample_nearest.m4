m4_dnl Each pixel becomes FACTOR_H x FACTOR_W of itself.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
/* @about@ */
static void @function@(const TYPE *restrict in, TYPE *restrict out)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++) {
            const TYPE *line = in + (c * IN_H + y / FACTOR_H) * IN_W;
            TYPE *row = out + (c * OUT_H + y) * OUT_W;
            for (int x = 0; x < OUT_W; x++)
                row[x] = line[x / FACTOR_W];
        }
}
