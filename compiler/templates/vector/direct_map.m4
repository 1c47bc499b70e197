m4_dnl One unit of filters of direct.m4: the function UNIT_NAME, of UNIT_VECTORS vectors, and its tiles. USERS says
m4_dnl for which layers it is, if several kernels share it.
m4_dnl
m4_dnl Where VARIES is 1, kernels with more or fewer channels share it, and IN_CHANNELS and IN_REAL are the largest of
m4_dnl theirs: UNIT_TOLD and TILE_TOLD are the parameters or, without types, arguments that take their place.
m4_dnl
m4_dnl With PIECE, it goes over the map once for each PIECE blocks of channels, whose weights then stay in the first
m4_dnl level of cache. The result holds the sums meanwhile: a tile is told the COUNT of channels, whether the sums have
m4_dnl BEGUN before, and whether they are then DONE.
m4_include([<vector/direct_told.m4>])m4_dnl
m4_define([<NO_TAP>], m4_eval(KERNEL_H * KERNEL_W == 0))m4_dnl
m4_define([<CHANNEL_BLOCKS>], IF(IN_PLANAR || ONE_TAP || NO_TAP, 1, m4_eval(IN_CHANNELS / BLOCK)))m4_dnl
m4_define([<UNIT_TOLD>], [<IF(VARIES, [<LIST(TOLD_COUNT([<$1channels>], [<$1blocks>]),
    TOLD_APART([<$2block_weights>], UNIT_VECTORS, PREFETCH))>])>])m4_dnl
m4_define([<TILE_TOLD>], [<LIST(IF(PIECE, [<$1count>], [<IF(VARIES, [<TOLD_COUNT([<$1channels>], [<$1blocks>])>])>]),
    IF(VARIES, [<TOLD_APART([<$2block_weights>], UNIT_VECTORS, 0)>]),
    IF(PIECE, [<$1begun>]), IF(PIECE, [<$1done>]))>])m4_dnl
m4_define([<PIECE_ROUNDS>], [<TOLD_COUNT(m4_eval(PIECE * BLOCK), PIECE)>])m4_dnl
m4_define([<ALL_ROUNDS>], [<m4_dnl
IF(VARIES, [<TOLD_COUNT([<channels>], [<blocks>])>], [<TOLD_COUNT(IN_REAL, CHANNEL_BLOCKS)>])>])m4_dnl
m4_define([<WEIGHTS_APART>], [<IF(VARIES, [<block_weights>], BLOCK_WEIGHTS)>])m4_dnl
m4_dnl
m4_dnl REGION(r, Y, X, H, W or SHAPE), SHAPE(s, H or W): what the planner says about a region, and a shape of tile, in
m4_dnl words that begin with TILING.
m4_define([<REGION>], [<m4_indir(TILING[<REGION>]$1[<_$2>])>])m4_dnl
m4_define([<SHAPE>], [<m4_indir(TILING[<SHAPE>]$1[<_$2>])>])m4_dnl
m4_define([<SHAPE_NAME>], [<SHAPE([<$1>], H)x[<>]SHAPE([<$1>], W)>])m4_dnl
m4_dnl
m4_dnl Of region R: the rows and columns of its tiles, and the place of a tile: a variable where there are several.
m4_define([<TILE_SHAPE>], [<REGION(R, [<SHAPE>])>])m4_dnl
m4_define([<ROWS>], [<m4_eval(REGION(R, H) / SHAPE(TILE_SHAPE, H))>])m4_dnl
m4_define([<COLUMNS>], [<m4_eval(REGION(R, W) / SHAPE(TILE_SHAPE, W))>])m4_dnl
m4_define([<TILE_Y>], [<IF(ROWS > 1, [<y>], REGION(R, Y))>])m4_dnl
m4_define([<TILE_X>], [<IF(COLUMNS > 1, [<x>], REGION(R, X))>])m4_dnl
m4_dnl
m4_dnl CALL_TILE(y, x): with pointers to the pixels at y, x; of a pooled result, to those at y/POOL, x/POOL.
m4_define([<CALL_TILE>], [<APPLY(UNIT_NAME[<_>]SHAPE_NAME(TILE_SHAPE),
    [<PIXEL(in, [<$1>], PIXEL_ROW, [<$2>], PIXEL_COLUMN)>],
    [<w>], [<bias>],
    RESIDUAL_ARGUMENT([<PIXEL(residual, [<$1>], RESIDUAL_ROW, [<$2>], OUT_COLUMN)>]),
    IF(PREFETCH, [<next + (tile < PREFETCH_TILES ? tile++ : 0) * WEIGHTS_APART>]),
    [<PIXEL(out, POOLED([<$1>]), OUT_ROW, POOLED([<$2>]), OUT_COLUMN)>],
    TILE_TOLD([<>], [<>]), IF(SOME_ROWS, [<$1>]), IF(SOME_COLUMNS, [<$2>]));>])m4_dnl
m4_define([<PIXEL>], [<PLUS(PLUS($1, SCALE([<$2>], $3)), SCALE([<$4>], $5))>])m4_dnl
m4_define([<POOLED>], [<IF(POOL == 1, [<$1>], [<NUMBER([<$1>], [<m4_eval($1 / POOL)>], [<$1 / POOL>])>])>])m4_dnl
m4_dnl
m4_dnl LOOP_OVER(variable, from, length, step): nothing, if the loop would have but one round.
m4_define([<LOOP_OVER>], [<IF($3 > $4, [<for (int $1 = $2; $1 < m4_eval($2 + $3); $1 += $4)>])>])m4_dnl
m4_dnl
m4_dnl Where threads share the pixels: y and x of tile t.
m4_define([<ROW_OF_TILE>], [<IF(COLUMNS > 1, [<t / COLUMNS>], t)>])m4_dnl
m4_define([<COLUMN_OF_TILE>], [<IF(ROWS > 1, [<t % COLUMNS>], t)>])m4_dnl
m4_define([<Y_OF_TILE>], [<y = PLUS(TIMES(ROW_OF_TILE, SHAPE(TILE_SHAPE, H)), REGION(R, Y))>])m4_dnl
m4_define([<X_OF_TILE>], [<x = PLUS(TIMES(COLUMN_OF_TILE, SHAPE(TILE_SHAPE, W)), REGION(R, X))>])m4_dnl
m4_dnl
EACH([<S>], SHAPES, [<PART([<vector/direct_tile.m4>],
    [<TILE_NAME>], UNIT_NAME[<_>]SHAPE_NAME(S), [<TILE_SIZE>], SHAPE_NAME(S),
    [<TILE_H>], SHAPE(S, H), [<TILE_W>], SHAPE(S, W), [<TILE_VECTORS>], UNIT_VECTORS)
>])m4_dnl
/* m4_eval(UNIT_VECTORS * LANES) filters over the map[<>]USERS. */
TARGET static void APPLY(UNIT_NAME, [<const float *in>], [<const float *w>], [<const float *bias>], RESIDUAL_POINTER,
    IF(PREFETCH, [<const float *next>]), [<float *out>],
    UNIT_TOLD([<int >], [<long >]), IF(SPLIT_PIXELS, [<int part, int parts>]))
{
    WHEN(PIECE, [<
        for (int first = 0; first < ALL_ROUNDS; first += PIECE_ROUNDS) {
            const int left = ALL_ROUNDS - first, begun = first > 0, done = left <= PIECE_ROUNDS;
            const int count = done ? left : PIECE_ROUNDS;
    >])
    AT_DEPTH(PIECE > 0, [<
        IF(PREFETCH, [<int tile = 0;>])
        FOR([<R>], REGIONS, [<
            WHEN(!SPLIT_PIXELS, [<
                LOOP_OVER(y, REGION(R, Y), REGION(R, H), SHAPE(TILE_SHAPE, H))
                INDENT(ROWS > 1)LOOP_OVER(x, REGION(R, X), REGION(R, W), SHAPE(TILE_SHAPE, W))
                INDENT((ROWS > 1) + (COLUMNS > 1))CALL_TILE(TILE_Y, TILE_X)
            >])
            WHEN(SPLIT_PIXELS && ROWS * COLUMNS == 1, [<
                if (part == parts - 1)
                    CALL_TILE(TILE_Y, TILE_X)
            >])
            WHEN(SPLIT_PIXELS && ROWS * COLUMNS > 1, [<
                for (int t = FIRST_OF(m4_eval(ROWS * COLUMNS)), end = END_OF(m4_eval(ROWS * COLUMNS)); t < end; t++) {
                    const int LIST(IF(ROWS > 1, [<Y_OF_TILE>]), IF(COLUMNS > 1, [<X_OF_TILE>]));
                    CALL_TILE(TILE_Y, TILE_X)
                }
            >])
        >])
    >])
    WHEN(PIECE, [<
            in += m4_eval(PIECE * IN_PLANE);
            w += m4_eval(PIECE * BLOCK * BLOCK);
            IF(PREFETCH, [<next += m4_eval(PIECE * BLOCK * BLOCK);>])
        }
    >])
}
