m4_dnl The function IN_NAME: Winograd's transform of a tile of the input, along its columns and then its rows.
m4_dnl Kernels with more or fewer channels may share it: it is told how far apart positions lie, then (VARIES).
m4_dnl Six positions to a line: points 0, 3/4, -3/4, 3/2, -3/2 and infinity, every constant exact, the error small.
m4_dnl
m4_dnl IN_LINE(source, target): six (four) numbers of a line to six (four) positions.
m4_define([<IN_LINE>], [<IF(IN_TILE == 6, [<IN_LINE_6($@)>], [<IN_LINE_4($@)>])>])m4_dnl
m4_define([<IN_LINE_6>], [<m4_dnl
const VECTOR d0 = $1(0), d1 = $1(1), d2 = $1(2), d3 = $1(3), d4 = $1(4), d5 = $1(5);
            const VECTOR e = d4 - 2.25f * d2, f = d3 - 2.25f * d1, g = d4 - 0.5625f * d2, h = d3 - 0.5625f * d1;
            $2(0, d4 - 2.8125f * d2 + 1.265625f * d0)
            $2(1, e + 0.75f * f)
            $2(2, e - 0.75f * f)
            $2(3, g + 1.5f * h)
            $2(4, g - 1.5f * h)
            $2(5, d5 - 2.8125f * d3 + 1.265625f * d1)>])m4_dnl
m4_define([<IN_LINE_4>], [<m4_dnl
const VECTOR d0 = $1(0), d1 = $1(1), d2 = $1(2), d3 = $1(3);
            $2(0, d0 - d2)
            $2(1, d2 + d1)
            $2(2, d2 - d1)
            $2(3, d3 - d1)>])m4_dnl
m4_dnl
m4_dnl Where a line's number $1 comes from and where position $1 goes, in column j or row i.
m4_define([<FROM_IMAGE>], [<LOAD(AT(x + lane + j * TAP_COLUMN, $1 * TAP_ROW))>])m4_dnl
m4_define([<TO_COLUMN>], [<line[TERMS(IF($1, m4_eval($1 * IN_TILE)), j)] = $2;>])m4_dnl
m4_define([<FROM_ROW>], [<line[PLUS(i * IN_TILE, $1)]>])m4_dnl
m4_define([<TO_V>], [<STORE(v + lane + PLACE_IN_V($1), $2)>])m4_dnl
m4_define([<PLACE_IN_V>], [<IF($1, [<(i * IN_TILE + $1) * POSITION_AT>], [<IF(VARIES, [<i * IN_TILE * position>],
    [<i * m4_eval(IN_TILE * V_POSITION)>])>])>])m4_dnl
m4_define([<POSITION_AT>], [<IF(VARIES, [<position>], V_POSITION)>])m4_dnl
/* A tile of the input, of BLOCK channels: IN_TILE[<>]x[<>]IN_TILE numbers to as many positions[<>]USERS. */
TARGET static void APPLY(IN_NAME, [<const float *x>], [<float *v>], IF(VARIES, [<int position>]))
{
    VECTOR line[POSITIONS];
    for (int lane = 0; lane < BLOCK; lane += LANES) {
        for (int j = 0; j < IN_TILE; j++) {
            IN_LINE([<FROM_IMAGE>], [<TO_COLUMN>])
        }
        for (int i = 0; i < IN_TILE; i++) {
            IN_LINE([<FROM_ROW>], [<TO_V>])
        }
    }
}

