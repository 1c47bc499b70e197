m4_dnl Each pixel of a blocked tensor becomes FACTOR_H x FACTOR_W of itself.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < IN_H; y++) {
            const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW;
            float *row = MAPS(out, OUT, block, BLOCKS) + y * m4_eval(FACTOR_H * OUT_ROW), *to = row;
            for (int x = 0; x < IN_W; x++, from += BLOCK)
                for (int i = 0; i < FACTOR_W; i++, to += BLOCK)
                    for (int lane = 0; lane < BLOCK; lane += LANES)
                        STORE(to + lane, LOAD(from + lane))
            WHEN(FACTOR_H > 1, [<
                for (int i = 1; i < FACTOR_H; i++)
                    memcpy(row + i * OUT_ROW, row, m4_eval(OUT_W * BLOCK) * sizeof *row);
            >])
        }
}
SHARE([<in>])
