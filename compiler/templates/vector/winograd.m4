m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Convolution at stride 1 by Winograd's minimal filtering, F(4x4,3x3), F(2x2,3x3) or F(2x2,5x5). Tiles of the
m4_dnl input are transformed, multiplied position by position with the transformed weights (that is a
m4_dnl matrix product for each position), and transformed back into tiles of the result.
m4_dnl Six positions to a line: points 0, 3/4, -3/4, 3/2, -3/2 and infinity, every constant exact, the error small.
m4_dnl Weights: [16 filters][position][channel][filter]; then the biases.
m4_dnl Scratch: V, for each group of tiles [position][16 channels][tile][channel], and M, [position][tile][filter].
ASSERT([<OUT_TILE == 4 && KERNEL_H == 3 || OUT_TILE == 2 && (KERNEL_H == 3 || KERNEL_H == 5)>])m4_dnl
ASSERT([<IN_CHANNELS % 16 == 0 && GROUP >= 1 && REST < GROUP>])m4_dnl
m4_define([<IN_TILE>], m4_eval(OUT_TILE + KERNEL_H - 1))m4_dnl
m4_define([<POSITIONS>], m4_eval(IN_TILE * IN_TILE))m4_dnl
m4_define([<TILES>], m4_eval(TILES_Y * TILES_X))m4_dnl
m4_define([<BATCHES>], m4_eval((TILES + GROUP * GROUPS_AT_ONCE - 1) / (GROUP * GROUPS_AT_ONCE)))m4_dnl
m4_define([<UNIT>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<FILTERS_AT_ONCE>], IF(UNIT > 16, UNIT, 16))m4_dnl
m4_define([<UNITS>], m4_eval(BLOCKS * 16 / FILTERS_AT_ONCE))m4_dnl
m4_define([<REST_BLOCKS>], m4_eval(BLOCKS - UNITS * FILTERS_AT_ONCE / 16))m4_dnl
m4_define([<WEIGHTS_OF_16>], m4_eval(POSITIONS * IN_CHANNELS * 16))m4_dnl
m4_dnl The 16 floats more keep the positions from meeting in the same cache set.
m4_define([<V_POSITION>], m4_eval(IN_CHANNELS * GROUP + 16))m4_dnl
m4_define([<V_GROUP>], m4_eval(POSITIONS * V_POSITION))m4_dnl
m4_define([<VECTOR_AT>], [<m4_eval(($1) * LANES / 16 * ($2) + ($1) * LANES % 16)>])m4_dnl
m4_define([<ACC>], [<a$1_$2>])m4_dnl
m4_dnl
m4_dnl IN_LINE(source, target): six (four) numbers of a line to six (four) positions; OUT_LINE back to four (two).
m4_define([<IN_LINE>], [<IF(IN_TILE == 6, [<const VECTOR d0 = $1(0), d1 = $1(1), d2 = $1(2), d3 = $1(3), d4 = $1(4), d5 = $1(5);
            const VECTOR e = d4 - 2.25f * d2, f = d3 - 2.25f * d1, g = d4 - 0.5625f * d2, h = d3 - 0.5625f * d1;
            $2(0, d4 - 2.8125f * d2 + 1.265625f * d0)
            $2(1, e + 0.75f * f)
            $2(2, e - 0.75f * f)
            $2(3, g + 1.5f * h)
            $2(4, g - 1.5f * h)
            $2(5, d5 - 2.8125f * d3 + 1.265625f * d1)>], [<const VECTOR d0 = $1(0), d1 = $1(1), d2 = $1(2), d3 = $1(3);
            $2(0, d0 - d2)
            $2(1, d2 + d1)
            $2(2, d2 - d1)
            $2(3, d3 - d1)>])>])m4_dnl
m4_define([<OUT_LINE>], [<IF(IN_TILE == 6, [<const VECTOR m0 = $1(0), m1 = $1(1), m2 = $1(2), m3 = $1(3), m4 = $1(4), m5 = $1(5);
            const VECTOR s = m1 + m2, d = m1 - m2, p = m3 + m4, q = m3 - m4;
            $2(0, m0 + s + p)
            $2(1, IF(OUT_TILE == 2, [<m5 + >])0.75f * d + 1.5f * q)
IF(OUT_TILE == 4, [<            $2(2, 0.5625f * s + 2.25f * p)
            $2(3, m5 + 0.421875f * d + 3.375f * q)
>])>], [<const VECTOR m0 = $1(0), m1 = $1(1), m2 = $1(2), m3 = $1(3);
            $2(0, m0 + m1 + m2)
            $2(1, m1 - m2 + m3)>])>])m4_dnl
m4_dnl
m4_define([<FROM_IMAGE>], [<LOAD(AT(x + lane + j * 16, $1 * IN_ROW))>])m4_dnl
m4_define([<TO_COLUMN>], [<line[IF($1, [<m4_eval($1 * IN_TILE) + >])j] = $2;>])m4_dnl
m4_define([<FROM_ROW>], [<line[PLUS(i * IN_TILE, $1)]>])m4_dnl
m4_define([<TO_V>], [<STORE(v + lane + IF($1, [<(i * IN_TILE + $1) * V_POSITION>], [<i * m4_eval(IN_TILE * V_POSITION)>]), $2)>])m4_dnl
m4_define([<FROM_M>], [<LOAD(m + lane + IF($1, [<(m4_eval($1 * IN_TILE) + j)>], j) * position)>])m4_dnl
m4_define([<TO_RESULT>], [<IF($1, [<if ($1 < columns) >]){
                const VECTOR y = $2 + b[<>]IF(RESIDUAL, [< + LOAD(AT(from, $1 * 16))>]);
                STORE(AT(to, $1 * 16), VECTOR_ACTIVATE(y))
            }>])m4_dnl
/* A tile of the input, of 16 channels: IN_TILE[<>]x[<>]IN_TILE numbers to as many positions. */
TARGET static void FUNCTION[<>]_in(const float *x, float *v)
{
    VECTOR line[POSITIONS];
    for (int lane = 0; lane < 16; lane += LANES) {
        for (int j = 0; j < IN_TILE; j++) {
            IN_LINE([<FROM_IMAGE>], [<TO_COLUMN>])
        }
        for (int i = 0; i < IN_TILE; i++) {
            IN_LINE([<FROM_ROW>], [<TO_V>])
        }
    }
}

/* Back from the positions to a tile of the result, of 16 filters; at the map's end it is cut. */
TARGET static void FUNCTION[<>]_out(const float *m, int position, const float *bias, IF(RESIDUAL, [<const float *residual, >])float *out, int rows, int columns)
{
    VECTOR line[m4_eval(OUT_TILE * IN_TILE)];
    for (int lane = 0; lane < 16; lane += LANES) {
        const VECTOR b = LOAD(bias + lane);
        for (int j = 0; j < IN_TILE; j++) {
            OUT_LINE([<FROM_M>], [<TO_COLUMN>])
        }
        for (int i = 0; i < rows; i++) {
            float *to = out + lane + i * OUT_ROW;
IF(RESIDUAL, [<            const float *from = residual + lane + i * RESIDUAL_ROW;
>])m4_dnl
            OUT_LINE([<FROM_ROW>], [<TO_RESULT>])
        }
    }
}

m4_dnl GEMM(name, tiles, vectors): one position of one group: tiles by filters, over all input channels.
m4_define([<GEMM>], [</* One position: $2 tiles by m4_eval($3 * LANES) filters, over all input channels; meanwhile the weights at next are fetched. */
TARGET static void $1(const float *v, const float *u, float *m, const float *next)
{
EACH([<V>], [<$3>], [<    VECTOR EACH([<P>], [<$2>], [<IF(P, [<, >])ACC(V, P) = {0}>]);
>])m4_dnl
    for (int block = 0; block < m4_eval(IN_CHANNELS / 16); block++, v += m4_eval(GROUP * 16)) {
        const float *x = v;
        for (int c = 0; c < 16; c++) {
            __builtin_prefetch(next);
            next += 16;
EACH([<V>], [<$3>], [<            const VECTOR w[<>]V = LOAD(AT(u, VECTOR_AT(V, WEIGHTS_OF_16)));
>])m4_dnl
EACH([<P>], [<$2>], [<           EACH([<V>], [<$3>], [< ACC(V, P) += w[<>]V * x[m4_eval(P * 16)];>])
>])m4_dnl
            u += 16;
            x++;
        }
    }
EACH([<P>], [<$2>], [<EACH([<V>], [<$3>], [<    STORE(AT(m, P * IF($3 * LANES > 16, $3 * LANES, 16) + V * LANES), ACC(V, P))
>])>])m4_dnl
}
>])m4_dnl
m4_dnl UNIT_OF(name, blocks of 16 filters, vectors): a block of tiles, already in V, times that many filters.
m4_define([<UNIT_OF>], [<GEMM([<$1_gemm>], GROUP, [<$3>])
IF(REST, [<GEMM([<$1_gemm_rest>], REST, [<$3>])
>])m4_dnl
/* m4_eval($2 * 16) filters of count tiles: position by position, then back to the map. */
TARGET static void $1(const float *v, const float *u, const float *bias, IF(RESIDUAL, [<const float *residual, >])float *out, float *m, int first, int count)
{
    for (int position = 0; position < POSITIONS; position++)
        for (int group = 0; group * GROUP < count; group++) {
            const float *x = v + group * V_GROUP + position * V_POSITION, *w = u + position * m4_eval(IN_CHANNELS * 16);
            const float *next = w[<>]IF(VECTORS * LANES > 16, [< + (group % 2 ? WEIGHTS_OF_16 : 0)>]) + (position + 1 < POSITIONS ? m4_eval(IN_CHANNELS * 16) : 0);
            float *to = m + (group * POSITIONS + position) * m4_eval(GROUP * 16 * $2);
IF(LANES * $3 >= 16, [<m4_dnl
IF(REST, [<            if ((group + 1) * GROUP > count)
                $1_gemm_rest(x, w, to, next);
            else
    >])m4_dnl
            $1_gemm(x, w, to, next);
>], [<m4_dnl
            for (int sub = 0; sub < 16; sub += m4_eval(LANES * $3)) {
IF(REST, [<                if ((group + 1) * GROUP > count)
                    $1_gemm_rest(x, w + sub, to + sub, next);
                else
    >])m4_dnl
                $1_gemm(x, w + sub, to + sub, next);
            }
>])m4_dnl
        }
    for (int t = 0; t < count; t++) {
        const int y = (first + t) / TILES_X * OUT_TILE, x = (first + t) % TILES_X * OUT_TILE;
        const int rows = OUT_H - y < OUT_TILE ? OUT_H - y : OUT_TILE, columns = OUT_W - x < OUT_TILE ? OUT_W - x : OUT_TILE;
        const float *from = m + t / GROUP * m4_eval(POSITIONS * GROUP * 16 * $2) + t % GROUP * m4_eval(16 * $2);
IF($2 > 1, [<        for (int block = 0; block < $2; block++)
            FUNCTION[<>]_out(from + block * 16, m4_eval(GROUP * 16 * $2), bias + block * 16, m4_dnl
IF(RESIDUAL, [<residual + STEPS(block, RESIDUAL_PLANE, $2) + y * RESIDUAL_ROW + x * 16, >])m4_dnl
out + STEPS(block, OUT_PLANE, $2) + y * OUT_ROW + x * 16, rows, columns);
>], [<        FUNCTION[<>]_out(from, m4_eval(GROUP * 16), bias, m4_dnl
IF(RESIDUAL, [<residual + y * RESIDUAL_ROW + x * 16, >])out + y * OUT_ROW + x * 16, rows, columns);
>])m4_dnl
    }
}
>])m4_dnl
m4_dnl RUN(name, i, blocks): the filters from block i * blocks on; i is a variable or a number.
m4_define([<RUN>], [<$1(v, PLUS(weights, STEPS([<$2>], $3 * WEIGHTS_OF_16, BLOCKS)), PLUS(biases, STEPS([<$2>], $3 * 16, BLOCKS)), m4_dnl
IF(RESIDUAL, [<PLUS(PLUS(residual, RESIDUAL_START), STEPS([<$2>], $3 * RESIDUAL_PLANE, BLOCKS)), >])PLUS(PLUS(out, OUT_START), STEPS([<$2>], $3 * OUT_PLANE, BLOCKS)), m, first, count);>])m4_dnl
IF(UNITS, [<UNIT_OF(FUNCTION[<>]_unit, m4_eval(FILTERS_AT_ONCE / 16), VECTORS)>])
IF(REST_BLOCKS, [<UNIT_OF(FUNCTION[<>]_last, 1, m4_eval(16 / LANES))>])
/* @about@ */
WORK(const float *restrict in, IF(RESIDUAL, [<const float *residual, >])const float *restrict weights, float *out, float *restrict scratch)
{
    const float *biases = weights + PRODUCT(BLOCKS, WEIGHTS_OF_16);
    float *v = scratch, *m = scratch + PRODUCT(GROUPS_AT_ONCE, V_GROUP);
    ZERO_HALO(out, BLOCKS, OUT_PLANE, OUT_ROW)
IF(SPLIT_TILES, [<    for (int batch = FIRST_OF(BATCHES), end = END_OF(BATCHES); batch < end; batch++) {
        const int first = batch * m4_eval(GROUP * GROUPS_AT_ONCE);
>], [<    for (int first = 0; first < TILES; first += m4_eval(GROUP * GROUPS_AT_ONCE)) {
>])m4_dnl
        const int count = TILES - first < m4_eval(GROUP * GROUPS_AT_ONCE) ? TILES - first : m4_eval(GROUP * GROUPS_AT_ONCE);
        for (int block = 0; block < m4_eval(IN_CHANNELS / 16); block++)
            for (int t = 0; t < count; t++) {
                const int y = (first + t) / TILES_X, x = (first + t) % TILES_X;
                FUNCTION[<>]_in(PLUS(in, IN_START) + STEPS(block, IN_PLANE, IN_CHANNELS / 16) + y * m4_eval(OUT_TILE * PIXEL_ROW) + x * m4_eval(OUT_TILE * 16), v + t / GROUP * V_GROUP + (block * GROUP + t % GROUP) * 16);
            }
IF(UNITS, [<IF(UNITS == 1 && (SPLIT_TILES || SHARED == 0), [<        RUN(FUNCTION[<>]_unit, 0, 1)
>], [<        for (int unit = IF(SPLIT_TILES, 0, [<FIRST_OF(UNITS)>]); unit < IF(SPLIT_TILES, UNITS, [<END_OF(UNITS)>]); unit++)
            RUN(FUNCTION[<>]_unit, unit, m4_eval(FILTERS_AT_ONCE / 16))
>])>])m4_dnl
IF(REST_BLOCKS, [<        IF(SHARED * (1 - SPLIT_TILES), [<if (part == parts - 1)
            >])RUN(FUNCTION[<>]_last, m4_eval(UNITS * FILTERS_AT_ONCE / 16), 1)
>])m4_dnl
    }
}
SHARE([<in>], IF(RESIDUAL, [<[<residual>], >])[<weights>])
