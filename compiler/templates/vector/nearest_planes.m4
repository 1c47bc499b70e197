m4_include([<vector/quads.m4>])m4_dnl
m4_dnl Each pixel of a planar tensor becomes FACTOR_H x FACTOR_W of itself.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    IF(FACTOR_W == 2, [<DEFINE_QUAD>])
    for (int c = FIRST_OF(CHANNELS); c < END_OF(CHANNELS); c++)
        for (int y = 0; y < IN_H; y++) {
            const float *from = in + STEPS(c, IN_H * IN_W, CHANNELS) + y * IN_W;
            float *row = out + STEPS(c, OUT_H * OUT_W, CHANNELS) + y * m4_eval(FACTOR_H * OUT_W);
            int x = 0;
            WHEN(FACTOR_W == 2, [<
                for (; x + 4 <= IN_W; x += 4) {
                    const quad a = QUAD_OF(from + x);
                    QUAD(row + 2 * x) = CNN_FOUR_OF(a, a, 0, 0, 1, 1);
                    QUAD(row + 2 * x + 4) = CNN_FOUR_OF(a, a, 2, 2, 3, 3);
                }
            >])
            for (; x < IN_W; x++)
                for (int i = 0; i < FACTOR_W; i++)
                    row[TIMES(x, FACTOR_W) + i] = from[x];
            WHEN(FACTOR_H > 1, [<
                for (int i = 1; i < FACTOR_H; i++)
                    memcpy(row + i * OUT_W, row, OUT_W * sizeof *row);
            >])
        }
}
SHARE([<in>])
