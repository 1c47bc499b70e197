m4_include([<vector/vector.m4>])m4_dnl
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
m4_dnl FETCH_INPUT: lines of the input are fetched before they are read. Of planes, those of the rows that the tile below
m4_dnl is the first to read. Of a 1x1 window over blocks, those that the next tile reads, for each 16 channels; without
m4_dnl FETCH_INPUT such a window has one loop over the channels.
m4_define([<FETCH_ROWS>], m4_eval(FETCH_INPUT * IN_PLANAR))m4_dnl
m4_define([<FETCH_BLOCKS>], m4_eval(FETCH_INPUT * (1 - IN_PLANAR)))m4_dnl
m4_define([<ONE_TAP>], m4_eval(IN_PLANAR == 0 && KERNEL_H * KERNEL_W == 1 && FETCH_INPUT == 0))m4_dnl
m4_define([<BLOCK_LOOP>], m4_eval((1 - IN_PLANAR - ONE_TAP) * (IN_CHANNELS > 16)))m4_dnl
m4_dnl Loops around that over the channels, and how far what is in so many of them is indented.
m4_define([<LOOPS>], m4_eval(BLOCK_LOOP + (KERNEL_H > 1) + (KERNEL_W > 1)))m4_dnl
m4_define([<INDENT>], [<m4_substr([<                >], 0, m4_eval(4 + 4 * ($1)))>])m4_dnl
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
m4_define([<SUM>], [<ACC($1, $2)[<>]IF(RESIDUAL, [< + LOAD(AT(residual, VECTOR_AT($1, RESIDUAL_PLANE) + PIXEL_AT($2, $3, RESIDUAL_ROW)))>])>])m4_dnl
m4_define([<LARGER>], [<MAX_[<>]LANES[<>](SUM($1, $2, $3), SUM($1, m4_eval($2 + 1), $3))>])m4_dnl
m4_define([<FIRST_OF_4>], [<m4_eval($1 / ($2 / 2) * 2 * $2 + $1 % ($2 / 2) * 2)>])m4_dnl
m4_define([<LARGEST>], [<PICK_[<>]LANES[<>](LARGER($1, FIRST_OF_4($2, $3), $3), LARGER($1, m4_eval(FIRST_OF_4($2, $3) + $3), $3), >, highest_)>])m4_dnl
m4_dnl
m4_dnl TILE(name, rows, columns, vectors): the function of one tile. A long one is called: inlined into the loop over
m4_dnl the map, compilers keep the biases in registers that the sums need, and reload weights in each round.
m4_define([<TILE>], [</* $2x$3 pixels by m4_eval($4 * LANES) filters, their sums in registers. */
TARGET static IF(m4_eval(IN_CHANNELS * KERNEL_H * KERNEL_W >= 64), [<__attribute__((noinline))>], [<inline __attribute__((always_inline))>]) void $1(const float *in, const float *w, const float *bias, IF(RESIDUAL, [<const float *residual, >])IF(PREFETCH, [<const float *next, >])float *out)
{
EACH([<V>], [<$4>], [<    const VECTOR b[<>]V = LOAD(AT(bias, V * LANES));
    VECTOR EACH([<P>], m4_eval($2 * $3), [<IF(P, [<, >])ACC(V, P) = b[<>]V>]);
>])m4_dnl
IF(FETCH_RESULT, [<EACH([<P>], m4_eval($2 * $3), [<EACH([<V>], [<$4>], [<IF(V * LANES % 16, [<>], [<IF(P < $2 / POOL * ($3 / POOL), [<    __builtin_prefetch(AT(out, VECTOR_AT(V, OUT_PLANE) + PIXEL_AT(P, m4_eval($3 / POOL), OUT_ROW)), 1);
>])m4_dnl
IF(RESIDUAL, [<    __builtin_prefetch(AT(residual, VECTOR_AT(V, RESIDUAL_PLANE) + P / $3 * RESIDUAL_ROW + P % $3 * 16));
>])>])>])>])>])m4_dnl
IF(FETCH_ROWS, [<EACH([<C>], IN_CHANNELS, [<EACH([<Y>], m4_eval($2 * PIXEL_ROW / IN_ROW), [<EACH([<L>], m4_eval(($3 * PIXEL_COLUMN + 15) / 16), [<m4_dnl
    __builtin_prefetch(in + m4_eval(C * IN_PLANE + ($2 - 1) * PIXEL_ROW + (KERNEL_H - 1) * TAP_ROW + (Y + 1) * IN_ROW + L * 16));
>])>])>])>])m4_dnl
IF(BLOCK_LOOP, [<    for (int block = 0; block < m4_eval(IN_CHANNELS / 16); block++) m4_dnl
IF(KERNEL_H * KERNEL_W == 1, {)
>])m4_dnl
IF(KERNEL_H > 1, [<INDENT(BLOCK_LOOP)for (int ky = 0; ky < KERNEL_H; ky++) m4_dnl
IF(KERNEL_W == 1, {)
>])m4_dnl
IF(KERNEL_W > 1, [<INDENT(BLOCK_LOOP + (KERNEL_H > 1))for (int kx = 0; kx < KERNEL_W; kx++) {
>])m4_dnl
m4_pushdef([<DEEP>], INDENT(LOOPS))m4_dnl
DEEP[<>]const float *x = in[<>]IF(BLOCK_LOOP, [< + STEPS(block, IN_PLANE, IN_CHANNELS / 16)>])[<>]IF(KERNEL_H > 1, [< + TIMES(ky, TAP_ROW)>])[<>]IF(KERNEL_W > 1, [< + TIMES(kx, TAP_COLUMN)>]);
IF(FETCH_BLOCKS, [<EACH([<P>], m4_eval($2 * $3), [<DEEP[<>]__builtin_prefetch(x + m4_eval(P / $3 * PIXEL_ROW + (P % $3 + $3) * PIXEL_COLUMN));
>])>])m4_dnl
DEEP[<>]for (int c = 0; c < IF(ONE_TAP, IN_REAL, [<IF(IN_PLANAR, IN_CHANNELS, 16)>]); c++) {
EACH([<V>], [<$4>], [<DEEP    const VECTOR w[<>]V = LOAD(AT(w, VECTOR_AT(V, WEIGHTS_OF_16)));
>])m4_dnl
IF(PREFETCH, [<DEEP    __builtin_prefetch(next);
DEEP    next += 16;
>])m4_dnl
EACH([<P>], m4_eval($2 * $3), [<DEEP   EACH([<V>], [<$4>], [< ACC(V, P) += w[<>]V * x[m4_eval(P / $3 * PIXEL_ROW + P % $3 * PIXEL_COLUMN)];>])
>])m4_dnl
DEEP    w += 16;
DEEP    x += IF(IN_PLANAR, IN_PLANE, [<IF(ONE_TAP, [<c % 16 == 15 ? m4_eval(IN_PLANE - 15) : 1>], 1)>]);
DEEP[<>]}
m4_popdef([<DEEP>])m4_dnl
IF(LOOPS, [<INDENT(LOOPS - 1)}
>])m4_dnl
EACH([<P>], m4_eval($2 / POOL * ($3 / POOL)), [<EACH([<V>], [<$4>], [<m4_pushdef([<TO>], [<AT(out, VECTOR_AT(V, OUT_PLANE) + PIXEL_AT(P, m4_eval($3 / POOL), OUT_ROW))>])m4_dnl
    IF(POOL == 2 || RESIDUAL, [<{ const VECTOR y = IF(POOL == 2, [<LARGEST(V, P, $3)>], [<SUM(V, P, $3)>]); STORE(TO, VECTOR_ACTIVATE(y)) }>], [<STORE(TO, VECTOR_ACTIVATE(ACC(V, P)))>])
m4_popdef([<TO>])>])>])m4_dnl
}
>])m4_dnl
m4_dnl
m4_dnl CALL(tile, y, x)
m4_define([<CALL>], [<$1(PIXEL(in, $2, PIXEL_ROW, $3, PIXEL_COLUMN), w, bias, m4_dnl
IF(RESIDUAL, [<PIXEL(residual, $2, RESIDUAL_ROW, $3, 16), >])m4_dnl
IF(PREFETCH, [<next + (tile < PREFETCH_TILES ? tile++ : 0) * WEIGHTS_OF_16, >])IF(POOL == 2, [<PIXEL(out, HALF($2), OUT_ROW, HALF($3), 16)>], [<PIXEL(out, $2, OUT_ROW, $3, 16)>]));>])m4_dnl
m4_define([<PIXEL>], [<PLUS(PLUS($1, SCALE([<$2>], $3)), SCALE([<$4>], $5))>])m4_dnl
m4_define([<HALF>], [<NUMBER([<$1>], [<m4_eval($1 / 2)>], [<$1 / 2>])>])m4_dnl
m4_dnl
m4_dnl LOOP(depth, variable, from, length, step), the depth behind it, and what the variable is there: a number, if the
m4_dnl loop would have but one round.
m4_define([<LOOP>], [<IF($4 > $5, [<INDENT($1)for (int $2 = $3; $2 < m4_eval($3 + $4); $2 += $5)
>])>])m4_dnl
m4_define([<DEPTH>], [<m4_eval($1 + ($4 > $5))>])m4_dnl
m4_define([<LOOPED>], [<IF($4 > $5, [<$2>], [<$3>])>])m4_dnl
m4_dnl
m4_dnl UNIT_OF(name, vectors): the tiles of that many vectors of filters, and the function that runs over the map.
m4_define([<UNIT_OF>], [<EACH([<S>], SHAPES, [<TILE([<$1_>]SHAPE_NAME(S), SHAPE(S, H), SHAPE(S, W), [<$2>])
>])m4_dnl
/* m4_eval($2 * LANES) filters over the map. */
TARGET static void $1(const float *in, const float *w, const float *bias, IF(RESIDUAL, [<const float *residual, >])IF(PREFETCH, [<const float *next, >])float *out[<>]IF(SPLIT_PIXELS, [<, int part, int parts>]))
{
IF(PREFETCH, [<    int tile = 0;
>])m4_dnl
EACH([<R>], REGIONS, [<m4_pushdef([<TILE_NAME>], [<$1_>]SHAPE_NAME(REGION(R, [<SHAPE>])))m4_dnl
m4_pushdef([<TILE_H>], SHAPE(REGION(R, [<SHAPE>]), H))m4_pushdef([<TILE_W>], SHAPE(REGION(R, [<SHAPE>]), W))m4_dnl
IF(SPLIT_PIXELS, [<IF(TILES(R) == 1, [<    if (part == parts - 1)
        CALL(TILE_NAME, REGION(R, Y), REGION(R, X))
>], [<    for (int t = FIRST_OF(TILES(R)), end = END_OF(TILES(R)); t < end; t++) {
        m4_dnl
IF(COLUMNS(R) == 1, [<const int y = PLUS(TIMES(t, TILE_H), REGION(R, Y));
        CALL(TILE_NAME, y, REGION(R, X))>], [<m4_dnl
IF(COLUMNS(R) == TILES(R), [<const int x = PLUS(TIMES(t, TILE_W), REGION(R, X));
        CALL(TILE_NAME, REGION(R, Y), x)>], [<m4_dnl
const int y = PLUS(TIMES(t / COLUMNS(R), TILE_H), REGION(R, Y)), x = PLUS(TIMES(t % COLUMNS(R), TILE_W), REGION(R, X));
        CALL(TILE_NAME, y, x)>])>])
    }
>])>], [<m4_pushdef([<Y_LOOP>], [<0, y, REGION(R, Y), REGION(R, H), TILE_H>])m4_dnl
m4_pushdef([<X_LOOP>], [<DEPTH(Y_LOOP), x, REGION(R, X), REGION(R, W), TILE_W>])m4_dnl
LOOP(Y_LOOP)LOOP(X_LOOP)INDENT(DEPTH(X_LOOP))CALL(TILE_NAME, LOOPED(Y_LOOP), LOOPED(X_LOOP))
m4_popdef([<Y_LOOP>], [<X_LOOP>])>])m4_popdef([<TILE_NAME>], [<TILE_H>], [<TILE_W>])>])m4_dnl
}
>])m4_dnl
m4_dnl
m4_dnl What a group reads and writes; of several groups, variables that are set for each.
m4_define([<GROUP_MAPS>], IF(GROUPS > 1, [<[<maps>]>], [<[<PLUS(in, IN_START)>]>]))m4_dnl
m4_define([<GROUP_WEIGHTS>], IF(GROUPS > 1, [<[<w>]>], [<[<weights>]>]))m4_dnl
m4_define([<GROUP_BIASES>], IF(GROUPS > 1, [<[<b>]>], [<[<biases>]>]))m4_dnl
m4_define([<GROUP_ADDED>], IF(GROUPS > 1, [<[<from>]>], [<[<PLUS(residual, RESIDUAL_START)>]>]))m4_dnl
m4_define([<GROUP_RESULT>], IF(GROUPS > 1, [<[<to>]>], [<[<PLUS(out, OUT_START)>]>]))m4_dnl
m4_dnl
m4_dnl RUN(function, i, blocks, sub): the filters from block i * blocks on, channel `sub'; i is a variable or a number.
m4_define([<UNIT_AT>], [<PLUS(PLUS($1, STEPS([<$2>], $3, GROUP_BLOCKS)), [<$4>])>])m4_dnl
m4_define([<NEXT_OF>], [<NUMBER([<$1>], [<m4_eval(($1 + IF($1 + PREFETCH_TILES < GROUP_BLOCKS, PREFETCH_TILES, 0)) * WEIGHTS_OF_16)>], [<($1 + PREFETCH_TILES < GROUP_BLOCKS ? $1 + PREFETCH_TILES : $1) * WEIGHTS_OF_16>])>])m4_dnl
m4_define([<RUN>], [<$1(GROUP_MAPS, UNIT_AT(GROUP_WEIGHTS, [<$2>], m4_eval($3 * WEIGHTS_OF_16), [<$4>]), UNIT_AT(GROUP_BIASES, [<$2>], m4_eval($3 * 16), [<$4>]), m4_dnl
IF(RESIDUAL, [<UNIT_AT(GROUP_ADDED, [<$2>], m4_eval($3 * RESIDUAL_PLANE), [<$4>]), >])m4_dnl
IF(PREFETCH, [<PLUS(GROUP_WEIGHTS, NEXT_OF(TIMES([<$2>], $3))), >])UNIT_AT(GROUP_RESULT, [<$2>], m4_eval($3 * OUT_PLANE), [<$4>])[<>]IF(SPLIT_PIXELS, [<, part, parts>]));>])m4_dnl
m4_define([<WIDE_BLOCKS>], m4_eval(UNIT / 16))m4_dnl
IF(UNITS, [<UNIT_OF(FUNCTION[<>]_unit, VECTORS)>])
IF(REST, [<UNIT_OF(FUNCTION[<>]_rest, REST)>])
/* @about@ */
WORK(const float *restrict in, IF(RESIDUAL, [<const float *residual, >])const float *restrict weights, float *out)
{
    const float *biases = weights + PRODUCT(m4_eval(GROUPS * GROUP_BLOCKS), WEIGHTS_OF_16);
    ZERO_HALO(out, m4_eval(GROUPS * GROUP_BLOCKS), OUT_PLANE, OUT_ROW)
IF(GROUPS > 1, [<    for (int group = 0; group < GROUPS; group++) {
        const float *maps = PLUS(in, IN_START) + STEPS(group, GROUP_IN, GROUPS);
        const float *w = weights + STEPS(group, GROUP_BLOCKS * WEIGHTS_OF_16, GROUPS), *b = biases + group * m4_eval(GROUP_BLOCKS * 16);
IF(RESIDUAL, [<        const float *from = PLUS(residual, RESIDUAL_START) + STEPS(group, GROUP_BLOCKS * RESIDUAL_PLANE, GROUPS);
>])m4_dnl
        float *to = PLUS(out, OUT_START) + STEPS(group, GROUP_BLOCKS * OUT_PLANE, GROUPS);
>])m4_dnl
m4_define([<IN_GROUP>], INDENT(GROUPS > 1))m4_dnl
IF(UNITS && UNIT >= 16, [<IF(UNITS == 1 && (SPLIT_PIXELS || SHARED == 0), [<IN_GROUP[<>]RUN(FUNCTION[<>]_unit, 0, 1, 0)
>], [<IN_GROUP[<>]for (int unit = IF(SPLIT_PIXELS, 0, [<FIRST_OF(UNITS)>]); unit < IF(SPLIT_PIXELS, UNITS, [<END_OF(UNITS)>]); unit++)
IN_GROUP    RUN(FUNCTION[<>]_unit, unit, WIDE_BLOCKS, 0)
>])>])m4_dnl
IF(UNITS && UNIT < 16, [<IN_GROUP[<>]for (int block = IF(SPLIT_PIXELS, 0, [<FIRST_OF(GROUP_BLOCKS)>]); block < IF(SPLIT_PIXELS, GROUP_BLOCKS, [<END_OF(GROUP_BLOCKS)>]); block++)
IN_GROUP    for (int sub = 0; sub < 16; sub += UNIT)
IN_GROUP        RUN(FUNCTION[<>]_unit, block, 1, sub)
>])m4_dnl
IF(REST, [<IF(SHARED * (1 - SPLIT_PIXELS), [<IN_GROUP[<>]if (part == parts - 1)
    >])IN_GROUP[<>]RUN(FUNCTION[<>]_rest, m4_eval(UNITS * WIDE_BLOCKS), 1, 0)
>])m4_dnl
IF(GROUPS > 1, [<    }
>])m4_dnl
}
SHARE([<in>], IF(RESIDUAL, [<[<residual>], >])[<weights>])
