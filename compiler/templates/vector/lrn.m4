m4_include([<vector/lanes.m4>])m4_dnl
m4_dnl Local response normalisation across the channels of a blocked tensor. The squares of TILE pixels are kept channel
m4_dnl by channel, with zeros around them, so that a window is WINDOW loads. The result may lie where the input lies.
ASSERT([<WINDOW >= 1 && BEFORE < WINDOW && BEFORE <= LEAD>])m4_dnl
ASSERT([<ROOM >= LEAD + BLOCKS * BLOCK + WINDOW - 1 - BEFORE>])m4_dnl
m4_define([<FIRST_SQUARE>], [<AT(squares + x * ROOM + block * BLOCK + lane, LEAD - BEFORE)>])m4_dnl
m4_define([<UNROLLED>], 12)m4_dnl
m4_dnl p/base^BETA, where base is at least LRN_K.
m4_define([<POWER_one>], [<p / base>])m4_dnl
m4_define([<POWER_half>], [<p * RSQRT[<>](base)>])m4_dnl
m4_dnl Newton's method for y = base^-0.75, of which (base*y)^3*y is 1; its first guess is off by 4 %.
m4_define([<POWER_three_quarters>], [<PICK(base, ==, SPLAT(INFINITY), p * 0.0f, p * y3)>])m4_dnl
m4_define([<POWER_any>], [<p * EXP[<>](-BETA * LOG[<>](base))>])m4_dnl
/* @about@ */
WORK([<const float *in>], [<float *out>])
{
    REAL_TABLE
    float squares[m4_eval(TILE * ROOM)] __attribute__((aligned(64)));
    memset(squares, 0, sizeof squares);
    ZERO_HALO(BLOCKS)
    for (int y = FIRST_OF(OUT_H); y < END_OF(OUT_H); y++)
        for (int left = 0; left < OUT_W; left += TILE) {
            const int count = IF(OUT_W % TILE, [<OUT_W - left < TILE ? OUT_W - left : TILE>], TILE);
            for (int block = 0; block < BLOCKS; block++) {
                REAL_OF([<block>], BLOCKS)
                const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + left * BLOCK;
                for (int x = 0; x < count; x++)
                    for (int lane = 0; lane < BLOCK; lane += LANES) {
                        const VECTOR p = REAL(LOAD(from + x * BLOCK + lane), lane);
                        STORE(squares + x * ROOM + block * BLOCK + LEAD + lane, p * p)
                    }
            }
            for (int block = 0; block < BLOCKS; block++) {
                const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + left * BLOCK;
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + left * BLOCK;
                for (int x = 0; x < count; x++)
                    for (int lane = 0; lane < BLOCK; lane += LANES) {
                        const float *window = FIRST_SQUARE;
                        WHEN(WINDOW <= UNROLLED, [<
                            const VECTOR sum = SEPARATED([< + >], [<I>], WINDOW, [<LOAD_AT(AT(window, I))>]);
                        >], [<
                            VECTOR sum = {0};
                            for (int i = 0; i < WINDOW; i++)
                                sum += LOAD_AT(window + i);
                        >])
                        const VECTOR p = LOAD(from + x * BLOCK + lane), base = LRN_K + ALPHA_PER_SIZE * sum;
                        WHEN_IS(POWER, three_quarters, [<
                            const INTEGERS bits = (INTEGERS)base;
                            const VECTOR y0 = (VECTOR)(0x6f150000 - (bits - (bits >> 2)));
                            FOR([<I>], 3, [<
                                const VECTOR p[<>]I = base * y[<>]I;
                                const VECTOR y[<>]m4_incr(I) = m4_dnl
y[<>]I + y[<>]I * (0.25f - 0.25f * (p[<>]I * p[<>]I * p[<>]I * y[<>]I));
                            >])
                        >])
                        STORE(to + x * BLOCK + lane, m4_indir([<POWER_>]POWER))
                    }
            }
        }
}
SHARE([<in>])
