m4_dnl Winograd's transforms of a tile, along its columns and then its rows.
m4_dnl Six positions to a line: points 0, 3/4, -3/4, 3/2, -3/2 and infinity, every constant exact, the error small.
m4_dnl
m4_dnl IN_LINE(source, target): six (four) numbers of a line to six (four) positions; OUT_LINE back to four (two).
m4_define([<IN_LINE>], [<IF(IN_TILE == 6, [<IN_LINE_6($@)>], [<IN_LINE_4($@)>])>])m4_dnl
m4_define([<OUT_LINE>], [<IF(IN_TILE == 6, [<OUT_LINE_6($@)>], [<OUT_LINE_4($@)>])>])m4_dnl
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
m4_define([<OUT_LINE_6>], [<m4_dnl
const VECTOR m0 = $1(0), m1 = $1(1), m2 = $1(2), m3 = $1(3), m4 = $1(4), m5 = $1(5);
            const VECTOR s = m1 + m2, d = m1 - m2, p = m3 + m4, q = m3 - m4;
            $2(0, m0 + s + p)
            $2(1, IF(OUT_TILE == 2, [<m5 + >])0.75f * d + 1.5f * q)
            WHEN(OUT_TILE == 4, [<
                $2(2, 0.5625f * s + 2.25f * p)
                $2(3, m5 + 0.421875f * d + 3.375f * q)
            >])>])m4_dnl
m4_define([<OUT_LINE_4>], [<m4_dnl
const VECTOR m0 = $1(0), m1 = $1(1), m2 = $1(2), m3 = $1(3);
            $2(0, m0 + m1 + m2)
            $2(1, m1 - m2 + m3)>])m4_dnl
m4_dnl
m4_dnl Where a line's number $1 comes from and where position $1 goes, in column j or row i.
m4_define([<FROM_IMAGE>], [<LOAD(AT(x + lane + j * BLOCK, $1 * IN_ROW))>])m4_dnl
m4_define([<TO_COLUMN>], [<line[TERMS(IF($1, m4_eval($1 * IN_TILE)), j)] = $2;>])m4_dnl
m4_define([<FROM_ROW>], [<line[PLUS(i * IN_TILE, $1)]>])m4_dnl
m4_define([<TO_V>], [<STORE(v + lane + PLACE_IN_V($1), $2)>])m4_dnl
m4_define([<PLACE_IN_V>], [<IF($1, [<(i * IN_TILE + $1) * V_POSITION>], [<i * m4_eval(IN_TILE * V_POSITION)>])>])m4_dnl
m4_define([<FROM_M>], [<LOAD(m + lane + IF($1, [<(m4_eval($1 * IN_TILE) + j)>], j) * position)>])m4_dnl
m4_define([<TO_RESULT>], [<IF($1, [<if ($1 < columns) >]){
                WHEN_IS(BEFORE, none, [<
                    const VECTOR y = TERMS([<$2>], [<b>], IF(RESIDUAL, [<LOAD(AT(from, $1 * BLOCK))>]));
                >], [<
                    const VECTOR s_ = $2 + b;
                    const VECTOR y = VECTOR_BEFORE(s_, [<SLOPE(BEFORE_SLOPES)>]) + LOAD(AT(from, $1 * BLOCK));
                >])
                STORE(AT(to, $1 * BLOCK), VECTOR_ACTIVATE(y, [<SLOPE(ACTIVATION_SLOPES)>]))
            }>])m4_dnl
m4_define([<SLOPE>], [<LOAD(bias + lane + $1)>])m4_dnl
m4_dnl Where a function is costly, it gets the rows of a tile at once.
m4_define([<TO_ARRAY>], [<{
                const VECTOR s_ = $2 + b;
                tile[PLUS(i * OUT_TILE, $1)] = VECTOR_BEFORE(s_, [<SLOPE(BEFORE_SLOPES)>]);
            }>])m4_dnl
m4_define([<FROM_ARRAY>], [<IF(ACTIVATION_EACH, [<tile[i * OUT_TILE + j]>],
    [<VECTOR_ACTIVATE([<tile[i * OUT_TILE + j]>], [<SLOPE(ACTIVATION_SLOPES)>])>])>])m4_dnl
/* A tile of the input, of BLOCK channels: IN_TILE[<>]x[<>]IN_TILE numbers to as many positions. */
TARGET static void FUNCTION(_in)(const float *x, float *v)
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

/* Back from the positions to a tile of the result, of BLOCK filters; at the map's end it is cut. */
TARGET static void APPLY(FUNCTION(_out), [<const float *m>], [<int position>], [<const float *bias>], RESIDUAL_POINTER,
                         [<float *out>], [<int rows>], [<int columns>])
{
    VECTOR line[m4_eval(OUT_TILE * IN_TILE)];
    for (int lane = 0; lane < BLOCK; lane += LANES) {
        const VECTOR b = LOAD(bias + lane);
        for (int j = 0; j < IN_TILE; j++) {
            OUT_LINE([<FROM_M>], [<TO_COLUMN>])
        }
        WHEN(ACTIVATION_EACH || BEFORE_EACH, [<
            VECTOR tile[m4_eval(OUT_TILE * OUT_TILE)];
            for (int i = 0; i < rows; i++) {
                OUT_LINE([<FROM_ROW>], [<TO_ARRAY>])
            }
            IF(BEFORE_EACH, [<BEFORE[<>](tile, rows * OUT_TILE);>])
            WHEN(RESIDUAL, [<
                for (int i = 0; i < rows; i++)
                    for (int j = 0; j < columns; j++)
                        tile[i * OUT_TILE + j] += LOAD(residual + lane + i * RESIDUAL_ROW + j * BLOCK);
            >])
            IF(ACTIVATION_EACH, [<ACTIVATION[<>](tile, rows * OUT_TILE);>])
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    STORE(out + lane + i * OUT_ROW + j * BLOCK, FROM_ARRAY)
        >], [<
            for (int i = 0; i < rows; i++) {
                float *to = out + lane + i * OUT_ROW;
                IF(RESIDUAL, [<const float *from = residual + lane + i * RESIDUAL_ROW;>])
                OUT_LINE([<FROM_ROW>], [<TO_RESULT>])
            }
        >])
    }
}
