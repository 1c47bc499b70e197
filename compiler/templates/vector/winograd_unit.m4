m4_dnl One unit of filters of winograd.m4: the function UNIT_NAME, of FILTER_BLOCKS blocks, FILTER_VECTORS vectors at a
m4_dnl time, and its products (winograd_gemm.m4): of a whole group of tiles, and of the last one. Kernels with more or
m4_dnl fewer channels may share it: it is told how many blocks of them there are, and how far apart positions of V lie,
m4_dnl then (VARIES).
m4_define([<U_POSITION>], [<IF(VARIES, [<position_weights>], POSITION_WEIGHTS)>])m4_dnl
m4_define([<U_BLOCK>], [<IF(VARIES, [<POSITIONS * position_weights>], BLOCK_WEIGHTS)>])m4_dnl
m4_define([<V_AT>], [<IF(VARIES, [<(group * POSITIONS + position) * v_position>],
    [<group * V_GROUP + position * V_POSITION>])>])m4_dnl
m4_define([<GEMM_TOLD>], [<IF(VARIES,
    [<LIST([<int blocks>], IF(GEMM_FILTERS > BLOCK, [<int block_weights>]))>])>])m4_dnl
m4_define([<GEMM_TELLS>], [<IF(VARIES, [<LIST([<blocks>], IF(GEMM_FILTERS > BLOCK, U_BLOCK))>])>])m4_dnl
m4_define([<FILTERS>], m4_eval(FILTER_BLOCKS * BLOCK))m4_dnl
m4_define([<GEMM_FILTERS>], m4_eval(FILTER_VECTORS * LANES))m4_dnl
m4_dnl
m4_dnl The weights that come next: of the other block, if there are two, or of the next position.
m4_define([<NEXT>], [<TERMS([<w>], IF(VECTORS * LANES > BLOCK, [<(group % 2 ? U_BLOCK : 0)>]),
                            [<(position + 1 < POSITIONS ? U_POSITION : 0)>])>])m4_dnl
m4_dnl
m4_dnl A product may have fewer filters than a block: then it begins at filter `sub' of several.
m4_define([<PARTS>], m4_eval(GEMM_FILTERS < BLOCK))m4_dnl
m4_define([<SUB>], [<IF(PARTS, [<sub>], 0)>])m4_dnl
m4_dnl
m4_dnl BACK(block): a tile of the result from its positions.
m4_define([<BACK>], [<APPLY(OUT_NAME, [<PLUS(from, SCALE([<$1>], BLOCK))>], m4_eval(GROUP * FILTERS),
    [<PLUS(bias, SCALE([<$1>], BLOCK))>],
    RESIDUAL_ARGUMENT([<TERMS([<PLUS(residual, STEPS([<$1>], RESIDUAL_PLANE, FILTER_BLOCKS))>],
        OF_IMAGE([<RESIDUAL_IMAGE>]), [<y * RESIDUAL_ROW>], [<x * BLOCK>])>]),
    [<TERMS([<PLUS(out, STEPS([<$1>], OUT_PLANE, FILTER_BLOCKS))>], OF_IMAGE([<OUT_IMAGE>]), [<y * OUT_ROW>],
        [<x * BLOCK>])>], [<rows>], [<columns>]);>])m4_dnl
m4_define([<OF_IMAGE>], [<IF(IMAGES > 1, [<image * (long)$1>])>])m4_dnl
m4_define([<NUMBER_OF_TILE>], [<IF(IMAGES > 1, [<(first + t) % MAP_TILES>], [<(first + t)>])>])m4_dnl
m4_dnl
m4_dnl PIXEL_OF_TILE(tile, step, tiles of a phase): where it begins, along one side of the map. A phase is the pixels
m4_dnl that lie whole steps apart, and as such a map by itself; they come one after the other.
m4_define([<PIXEL_OF_TILE>], [<IF($2 > 1, [<$1 / $3 + $1 % $3 * m4_eval(OUT_TILE * $2)>], [<$1 * OUT_TILE>])>])m4_dnl
m4_define([<LEFT_OF>], [<IF($2 > 1, [<($1 + m4_eval($2 - 1)) / $2>], [<$1>])>])m4_dnl
PART([<vector/winograd_gemm.m4>], [<GEMM_NAME>], UNIT_NAME[<_gemm>], [<GEMM_TILES>], GROUP)
IF(REST_TILES, [<PART([<vector/winograd_gemm.m4>], [<GEMM_NAME>], UNIT_NAME[<_gemm_rest>], [<GEMM_TILES>], REST_TILES)
>])m4_dnl
/* FILTERS filters of count tiles: position by position, then back to the map[<>]USERS. */
TARGET static void APPLY(UNIT_NAME, [<const float *v>], [<const float *u>], [<const float *bias>], RESIDUAL_POINTER,
                         [<float *out>], [<float *m>], [<int first>], [<int count>],
                         IF(VARIES, [<int blocks, int v_position>]))
{
    IF(VARIES, [<const int position_weights = blocks * m4_eval(BLOCK * BLOCK);>])
    for (int position = 0; position < POSITIONS; position++)
        for (int group = 0; group * GROUP < count; group++) {
            const float *x = v + V_AT, *w = u + position * U_POSITION;
            const float *next = NEXT;
            float *to = m + (group * POSITIONS + position) * m4_eval(GROUP * FILTERS);
            IF(PARTS, [<for (int sub = 0; sub < BLOCK; sub += GEMM_FILTERS) {>])
            AT_DEPTH(PARTS, [<
                WHEN(REST_TILES, [<
                    if ((group + 1) * GROUP > count)
                        APPLY(UNIT_NAME[<>]_gemm_rest, x, [<PLUS(w, SUB)>], [<PLUS(to, SUB)>], next, GEMM_TELLS);
                    else
                >])
                INDENT(REST_TILES > 0)APPLY(UNIT_NAME[<>]_gemm, x, [<PLUS(w, SUB)>], [<PLUS(to, SUB)>], next, m4_dnl
GEMM_TELLS);
            >])
            IF(PARTS, [<}>])
        }
    for (int t = 0; t < count; t++) {
        IF(IMAGES > 1, [<const int image = (first + t) / MAP_TILES;>])
        const int LIST([<y = PIXEL_OF_TILE([<NUMBER_OF_TILE / TILES_X>], STEP_Y, PHASE_Y)>],
                       [<x = PIXEL_OF_TILE([<NUMBER_OF_TILE % TILES_X>], STEP_X, PHASE_X)>]);
        WHEN(STEP_Y > 1 || STEP_X > 1, [<
            const int left_y = LEFT_OF([<OUT_H - y>], STEP_Y), left_x = LEFT_OF([<OUT_W - x>], STEP_X);
            const int LIST([<rows = left_y < OUT_TILE ? left_y : OUT_TILE>],
                           [<columns = left_x < OUT_TILE ? left_x : OUT_TILE>]);
        >], [<
            const int LIST([<rows = OUT_H - y < OUT_TILE ? OUT_H - y : OUT_TILE>],
                           [<columns = OUT_W - x < OUT_TILE ? OUT_W - x : OUT_TILE>]);
        >])
        const float *from = m + t / GROUP * m4_eval(POSITIONS * GROUP * FILTERS) + t % GROUP * FILTERS;
        WHEN(FILTER_BLOCKS > 1, [<
            for (int block = 0; block < FILTER_BLOCKS; block++)
                BACK(block)
        >], [<
            BACK(0)
        >])
    }
}
