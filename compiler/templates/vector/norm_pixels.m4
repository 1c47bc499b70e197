m4_include([<vector/lanes.m4>])m4_dnl
m4_dnl Layer normalisation over the channels of each pixel of a blocked tensor; TILE pixels are taken together, so that
m4_dnl whole cache lines are read. The result may lie where the input lies.
ASSERT([<TILE >= 1 && TILE <= COLUMNS>])m4_dnl
m4_dnl The parts of the map that threads share: rows, or the tiles of a single one. The sums of a pixel by itself are in
m4_dnl another order, so that the number of threads must not decide which pixels these are.
m4_define([<FIRST_ROW>], [<IF(ROWS > 1, [<FIRST_OF(ROWS)>], 0)>])m4_dnl
m4_define([<END_ROW>], [<IF(ROWS > 1, [<END_OF(ROWS)>], 1)>])m4_dnl
m4_define([<TILES>], m4_eval(COLUMNS / TILE))m4_dnl
m4_define([<SPLIT_TILES>], m4_eval(SHARED && ROWS == 1))m4_dnl
m4_define([<FIRST_COLUMN>], [<IF(SPLIT_TILES, [<TIMES([<FIRST_OF(TILES)>], TILE)>], 0)>])m4_dnl
m4_define([<END_COLUMN>], [<IF(SPLIT_TILES, [<end>], COLUMNS)>])m4_dnl
m4_dnl A pixel by itself has a sum for each vector of a block, which do not wait for each other.
m4_define([<SUMS>], [<IF(PIXELS == 1, m4_eval(BLOCK / LANES), 1)>])m4_dnl
m4_define([<SUM>], [<$1_[<>]P[<>]_[<>]m4_eval(V % SUMS)>])m4_dnl
m4_define([<VALUE>], [<LOAD(AT(from, P * BLOCK + V * LANES))>])m4_dnl
m4_dnl OVER(sum, lines): adds up what the lines say of each pixel P and vector V of a block, and then the lanes.
m4_define([<OVER>], [<m4_dnl
VECTOR SEPARATED([<, >], [<P>], PIXELS, [<SEPARATED([<, >], [<V>], SUMS, [<SUM([<$1>]) = {0}>])>]);
            for (int block = 0; block < BLOCKS; block++) {
                const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + x * BLOCK;
                REAL_OF([<block>], BLOCKS)
                FOR([<V>], m4_eval(BLOCK / LANES), [<
                    FOR([<P>], PIXELS, [<
                        $2
                    >])
                >])
            }
            FOR([<P>], PIXELS, [<
                FOR([<V>], m4_eval(SUMS - 1), [<
                    $1_[<>]P[<>]_0 += $1_[<>]P[<>]_[<>]m4_incr(V);
                >])
                TOTAL([<$1_[<>]P[<>]_0>], [<SUMS_OF_PAIRS>])
            >])>])m4_dnl
m4_define([<DEVIATION>], [<(VALUE - mean_[<>]P)>])m4_dnl
m4_define([<RESULT>], [<DEVIATION * scale_[<>]P[<>]IS(AFFINE, none, [<>], [< * w + b>])>])m4_dnl
m4_dnl NORMALISE(pixels): so many from column x of row y on.
m4_define([<NORMALISE>], [<m4_pushdef([<PIXELS>], [<$1>])m4_dnl
OVER([<sum>], [<SUM([<sum>]) += REAL(VALUE, m4_eval(V * LANES));>])
            FOR([<P>], PIXELS, [<
                const VECTOR mean_[<>]P = sum_[<>]P[<>]_0 * (1.0f / CHANNELS.0f);
            >])
            OVER([<square>], [<{ const VECTOR d = REAL(DEVIATION, m4_eval(V * LANES)); SUM([<square>]) += d * d; }>])
            FOR([<P>], PIXELS, [<
                const VECTOR scale_[<>]P = RSQRT[<>](square_[<>]P[<>]_0 * (1.0f / CHANNELS.0f) + EPSILON);
            >])
            for (int block = 0; block < BLOCKS; block++) {
                const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + x * BLOCK;
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + x * BLOCK;
                REAL_OF([<block>], BLOCKS)
                FOR([<V>], m4_eval(BLOCK / LANES), [<
                    {
                        WHEN_IS(AFFINE, channel, [<
                            const VECTOR w = LOAD(AT(weights + block * BLOCK, V * LANES));
                            const VECTOR b = LOAD(AT(weights + block * BLOCK, BLOCKS * BLOCK + V * LANES));
                        >])
                        FOR([<P>], PIXELS, [<
                            STORE_ACTIVATED(AT(to, P * BLOCK + V * LANES), r, REAL([<RESULT>], m4_eval(V * LANES)))
                        >])
                    }
                >])
            }m4_popdef([<PIXELS>])>])m4_dnl
/* @about@ */
WORK([<const float *in>], IS(AFFINE, none, [<>], [<const float *restrict weights>]), [<float *out>])
{
    REAL_TABLE
    ZERO_HALO(BLOCKS)
    for (int y = FIRST_ROW; y < END_ROW; y++) {
        IF(SPLIT_TILES, [<const int end = part == parts - 1 ? COLUMNS : TIMES([<END_OF(TILES)>], TILE);>])
        int x = FIRST_COLUMN;
        IF(TILE > 1, [<for (; x + TILE <= END_COLUMN; x += TILE) {
            NORMALISE(TILE)
        }>])
        for (; x < END_COLUMN; x++) {
            NORMALISE(1)
        }
    }
}
SHARE([<in>], IS(AFFINE, none, [<>], [<weights>]))
