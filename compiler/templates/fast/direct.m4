m4_include([<fast/vector.m4>])m4_dnl
m4_dnl Direct convolution into a blocked tensor. A register tile of pixels by vectors of filters is
m4_dnl unrolled; the loop over the input channels is not (unrolled, it would spill). The input is read by
m4_dnl scalars only, so it may be planar or blocked; its halo is zero, so no loop knows an edge.
m4_dnl Weights: [16 filters][16 channels][window][channel][filter] of a blocked input, [16 filters]
m4_dnl [window][channel][filter] of a planar one; then the biases. With POOL = 2 the result is the maximum of
m4_dnl each 2x2 pixels, found in the registers: tiles and regions are still the convolution's, with even sides.
ASSERT([<VECTORS * LANES % 16 == 0 || 16 % (VECTORS * LANES) == 0>])m4_dnl
ASSERT([<REGIONS >= 1 && REGIONS <= 4 && SHAPES >= 1 && SHAPES <= REGIONS>])m4_dnl
m4_dnl The map is cut into regions, each tiled exactly by one shape of tile.
m4_define([<REGION>], [<m4_indir([<REGION>]$1[<_$2>])>])m4_dnl
m4_define([<SHAPE>], [<m4_indir([<SHAPE>]$1[<_$2>])>])m4_dnl
m4_define([<COLUMNS>], [<m4_eval(REGION($1, W) / SHAPE(REGION($1, [<SHAPE>]), W))>])m4_dnl
m4_define([<TILES>], [<m4_eval(COLUMNS($1) * (REGION($1, H) / SHAPE(REGION($1, [<SHAPE>]), H)))>])m4_dnl
m4_define([<SHAPE_NAME>], [<SHAPE([<$1>], H)x[<>]SHAPE([<$1>], W)>])m4_dnl
m4_dnl A 1x1 window has one loop over the channels, unless FETCH_INPUT: then the lines that the next tile reads are
m4_dnl fetched for each 16 channels.
m4_define([<ONE_TAP>], m4_eval(IN_PLANAR == 0 && KERNEL_H * KERNEL_W == 1 && FETCH_INPUT == 0))m4_dnl
m4_define([<WEIGHTS_OF_16>], m4_eval(IN_CHANNELS * KERNEL_H * KERNEL_W * 16))m4_dnl
m4_define([<UNIT>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<UNITS>], m4_eval(GROUP_BLOCKS * 16 / UNIT))m4_dnl
m4_define([<REST>], m4_eval((GROUP_BLOCKS * 16 - UNITS * UNIT) / LANES))m4_dnl
m4_dnl Where vector v begins among tensors of 16 channels that are `plane' floats apart.
m4_define([<VECTOR_AT>], [<m4_eval(($1) * LANES / 16 * ($2) + ($1) * LANES % 16)>])m4_dnl
m4_define([<ACC>], [<a$1_$2>])m4_dnl
m4_dnl
m4_dnl Where pixel p of a tile with that many columns lies among rows that are so far apart.
m4_define([<PIXEL_AT>], [<($1) / ($2) * $3 + ($1) % ($2) * 16>])m4_dnl
m4_dnl SUM(v, p, columns): what the activation gets; LARGEST(v, p, columns): of the 2x2 of pooled pixel p.
m4_define([<SUM>], [<ACC($1, $2) IF(RESIDUAL, [<+ LOAD(AT(residual, VECTOR_AT($1, RESIDUAL_PLANE) + PIXEL_AT($2, $3, RESIDUAL_ROW)))>])>])m4_dnl
m4_define([<LARGER>], [<MAX_[<>]LANES[<>](SUM($1, $2, $3), SUM($1, m4_eval($2 + 1), $3))>])m4_dnl
m4_define([<FIRST_OF_4>], [<m4_eval($1 / ($2 / 2) * 2 * $2 + $1 % ($2 / 2) * 2)>])m4_dnl
m4_define([<LARGEST>], [<PICK_[<>]LANES[<>](LARGER($1, FIRST_OF_4($2, $3), $3), LARGER($1, m4_eval(FIRST_OF_4($2, $3) + $3), $3), >, highest_)>])m4_dnl
m4_dnl
m4_dnl TILE(name, rows, columns, vectors): the function of one tile. A long one is called: inlined into the loop over
m4_dnl the map, compilers keep the biases in registers that the sums need, and reload weights in each round.
m4_define([<TILE>], [<TARGET static IF(m4_eval(IN_CHANNELS * KERNEL_H * KERNEL_W >= 64), [<__attribute__((noinline))>], [<inline __attribute__((always_inline))>]) void $1(const float *in, const float *w, const float *bias,
    IF(RESIDUAL, [<const float *residual, >])IF(PREFETCH, [<const float *next, >])float *out)
{
EACH([<V>], [<$4>], [<    const VECTOR b[<>]V = LOAD(AT(bias, V * LANES));
    VECTOR EACH([<P>], m4_eval($2 * $3), [<IF(P, [<, >])ACC(V, P) = b[<>]V>]);
>])m4_dnl
IF(FETCH_RESULT, [<EACH([<P>], m4_eval($2 * $3), [<EACH([<V>], [<$4>], [<IF(V * LANES % 16, [<>], [<IF(P < $2 / POOL * ($3 / POOL), [<    __builtin_prefetch(AT(out, VECTOR_AT(V, OUT_PLANE) + PIXEL_AT(P, m4_eval($3 / POOL), OUT_ROW)), 1);
>])m4_dnl
IF(RESIDUAL, [<    __builtin_prefetch(AT(residual, VECTOR_AT(V, RESIDUAL_PLANE) + P / $3 * RESIDUAL_ROW + P % $3 * 16));
>])>])>])>])>])m4_dnl
IF(1 - IN_PLANAR - ONE_TAP, [<    for (int block = 0; block < m4_eval(IN_CHANNELS / 16); block++)
>])m4_dnl
IF(KERNEL_H > 1, [<    for (int ky = 0; ky < KERNEL_H; ky++)
>])m4_dnl
IF(KERNEL_W > 1, [<    for (int kx = 0; kx < KERNEL_W; kx++)
>])m4_dnl
    {
        const float *x = in IF(1 - IN_PLANAR - ONE_TAP, [<+ block * (long)IN_PLANE >])IF(KERNEL_H > 1, [<+ ky * TAP_ROW >])IF(KERNEL_W > 1, [<+ kx * TAP_COLUMN>]);
IF(FETCH_INPUT, [<EACH([<P>], m4_eval($2 * $3), [<        __builtin_prefetch(x + m4_eval(P / $3 * PIXEL_ROW + (P % $3 + $3) * PIXEL_COLUMN));
>])>])m4_dnl
        for (int c = 0; c < IF(ONE_TAP, IN_REAL, [<IF(IN_PLANAR, IN_CHANNELS, 16)>]); c++) {
EACH([<V>], [<$4>], [<            const VECTOR w[<>]V = LOAD(AT(w, VECTOR_AT(V, WEIGHTS_OF_16)));
>])m4_dnl
IF(PREFETCH, [<            __builtin_prefetch(next);
            next += 16;
>])m4_dnl
EACH([<P>], m4_eval($2 * $3), [<           EACH([<V>], [<$4>], [< ACC(V, P) += w[<>]V * x[m4_eval(P / $3 * PIXEL_ROW + P % $3 * PIXEL_COLUMN)];>])
>])m4_dnl
            w += 16;
            x += IF(IN_PLANAR, IN_PLANE, [<IF(ONE_TAP, [<c % 16 == 15 ? m4_eval(IN_PLANE - 15) : 1>], 1)>]);
        }
    }
EACH([<P>], m4_eval($2 / POOL * ($3 / POOL)), [<EACH([<V>], [<$4>], [<    { const VECTOR y = IF(POOL == 2, [<LARGEST(V, P, $3)>], [<SUM(V, P, $3)>]); STORE(AT(out, VECTOR_AT(V, OUT_PLANE) + PIXEL_AT(P, m4_eval($3 / POOL), OUT_ROW)), VECTOR_ACTIVATE(y)) }
>])>])m4_dnl
}
>])m4_dnl
m4_dnl
m4_dnl CALL(tile, y, x)
m4_define([<CALL>], [<$1(in + $2 * m4_eval(PIXEL_ROW) + $3 * PIXEL_COLUMN, w, bias, m4_dnl
IF(RESIDUAL, [<residual + $2 * RESIDUAL_ROW + $3 * 16, >])m4_dnl
IF(PREFETCH, [<next + (tile < PREFETCH_TILES ? tile++ : 0) * WEIGHTS_OF_16, >])out + IF(POOL == 2, [<$2 / 2 * OUT_ROW + $3 / 2 * 16>], [<$2 * OUT_ROW + $3 * 16>]));>])m4_dnl
m4_dnl
m4_dnl LOOP(variable, from, to, step): nothing to loop over is a constant.
m4_define([<LOOP>], [<for (int $1 = $2; $1 < m4_eval($2 + $3); $1 += $4)>])m4_dnl
m4_dnl
m4_dnl UNIT_OF(name, vectors): the tiles of that many vectors of filters, and the function that runs over the map.
m4_define([<UNIT_OF>], [<EACH([<S>], SHAPES, [<TILE([<$1_>]SHAPE_NAME(S), SHAPE(S, H), SHAPE(S, W), [<$2>])
>])m4_dnl
TARGET static void $1(const float *in, const float *w, const float *bias, IF(RESIDUAL, [<const float *residual, >])IF(PREFETCH, [<const float *next, >])float *out[<>]IF(SPLIT_PIXELS, [<, int part, int parts>]))
{
IF(PREFETCH, [<    int tile = 0;
>])m4_dnl
EACH([<R>], REGIONS, [<IF(SPLIT_PIXELS, [<    for (int t = FIRST_OF(TILES(R)), end = END_OF(TILES(R)); t < end; t++) {
        const int y = PLUS(t / COLUMNS(R) * SHAPE(REGION(R, [<SHAPE>]), H), REGION(R, Y)), x = PLUS(t % COLUMNS(R) * SHAPE(REGION(R, [<SHAPE>]), W), REGION(R, X));
        CALL([<$1_>]SHAPE_NAME(REGION(R, [<SHAPE>])), y, x)
    }
>], [<    LOOP(y, REGION(R, Y), REGION(R, H), SHAPE(REGION(R, [<SHAPE>]), H))
        LOOP(x, REGION(R, X), REGION(R, W), SHAPE(REGION(R, [<SHAPE>]), W))
            CALL([<$1_>]SHAPE_NAME(REGION(R, [<SHAPE>])), y, x)
>])>])m4_dnl
}
>])m4_dnl
m4_dnl
m4_dnl RUN(function, block, sub, vectors): the unit of filters that starts in block `block' at channel `sub'.
m4_define([<RUN>], [<$1(maps, weights + ($2) * WEIGHTS_OF_16 + $3, biases + ($2) * 16 + $3, m4_dnl
IF(RESIDUAL, [<residual + RESIDUAL_START + ($2) * (long)RESIDUAL_PLANE + $3, >])m4_dnl
IF(PREFETCH, [<weights + ($2 + PREFETCH_TILES < m4_eval(GROUPS * GROUP_BLOCKS) ? $2 + PREFETCH_TILES : $2) * WEIGHTS_OF_16, >])m4_dnl
out + OUT_START + ($2) * (long)OUT_PLANE + $3[<>]IF(SPLIT_PIXELS, [<, part, parts>]));>])m4_dnl
IF(UNITS, [<UNIT_OF(FUNCTION[<>]_unit, VECTORS)>])
IF(REST, [<UNIT_OF(FUNCTION[<>]_rest, REST)>])
/* @about@ */
WORK(const float *restrict in, IF(RESIDUAL, [<const float *residual, >])const float *restrict weights, float *out)
{
    const float *biases = weights + m4_eval(GROUPS * GROUP_BLOCKS) * (long)WEIGHTS_OF_16;
    IF(HALO_TOP + HALO_LEFT + HALO_BOTTOM + HALO_RIGHT, [<ON_FIRST_PART[<>]>])ZERO_HALO(out, m4_eval(GROUPS * GROUP_BLOCKS), OUT_PLANE, OUT_ROW)
    for (int group = 0; group < GROUPS; group++) {
        const float *maps = in + IN_START + group * (long)GROUP_IN;
        const int first = group * GROUP_BLOCKS;
IF(UNITS && UNIT >= 16, [<        IF(SPLIT_PIXELS, [<for (int block = 0; block < m4_eval(UNITS * UNIT / 16); block += m4_eval(UNIT / 16))
            RUN(FUNCTION[<>]_unit, first + block, 0)>], [<for (int unit = FIRST_OF(UNITS); unit < END_OF(UNITS); unit++)
            RUN(FUNCTION[<>]_unit, TIMES(unit, m4_eval(UNIT / 16)) + first, 0)>])
>])m4_dnl
IF(UNITS && UNIT < 16, [<        for (int block = IF(SPLIT_PIXELS, 0, [<FIRST_OF(GROUP_BLOCKS)>]); block < IF(SPLIT_PIXELS, GROUP_BLOCKS, [<END_OF(GROUP_BLOCKS)>]); block++)
            for (int sub = 0; sub < 16; sub += UNIT)
                RUN(FUNCTION[<>]_unit, first + block, sub)
>])m4_dnl
IF(REST, [<        IF(SHARED * (1 - SPLIT_PIXELS), [<if (part == parts - 1)
            >])RUN(FUNCTION[<>]_rest, first + m4_eval(UNITS * UNIT / 16), 0)
>])m4_dnl
    }
}
SHARE([<in>], IF(RESIDUAL, [<[<residual>], >])[<weights>])
