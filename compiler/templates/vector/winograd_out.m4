m4_dnl The function OUT_NAME: back from the positions of Winograd's algorithm to a tile of the result.
m4_dnl
m4_dnl OUT_LINE(source, target): six (four) positions to four (two) numbers of a line.
m4_define([<OUT_LINE>], [<IF(IN_TILE == 6, [<OUT_LINE_6($@)>], [<OUT_LINE_4($@)>])>])m4_dnl
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
m4_define([<FROM_M>], [<LOAD(m + lane + IF($1, [<(m4_eval($1 * IN_TILE) + j)>], j) * position)>])m4_dnl
m4_define([<TO_COLUMN>], [<line[TERMS(IF($1, m4_eval($1 * IN_TILE)), j)] = $2;>])m4_dnl
m4_define([<RESULT_ROW>], m4_eval(OUT_ROW * STEP_Y))m4_dnl
m4_define([<RESULT_COLUMN>], m4_eval(BLOCK * STEP_X))m4_dnl
m4_define([<ADDED_ROW>], [<m4_eval(RESIDUAL_ROW * STEP_Y)>])m4_dnl
m4_define([<FROM_ROW>], [<line[PLUS(i * IN_TILE, $1)]>])m4_dnl
m4_define([<TO_RESULT>], [<IF($1 || STEP_X > 1, [<if ($1 < columns) >]){
                WHEN_IS(BEFORE, none, [<
                    const VECTOR y = TERMS([<$2>], [<b>], IF(RESIDUAL, [<LOAD(AT(from, $1 * RESULT_COLUMN))>]));
                >], [<
                    const VECTOR s_ = $2 + b;
                    const VECTOR y = VECTOR_BEFORE(s_, [<SLOPE(BEFORE_SLOPES)>]) + LOAD(AT(from, $1 * RESULT_COLUMN));
                >])
                STORE(AT(to, $1 * RESULT_COLUMN), VECTOR_ACTIVATE(y, [<SLOPE(ACTIVATION_SLOPES)>]))
            }>])m4_dnl
m4_define([<SLOPE>], [<LOAD(bias + lane + $1)>])m4_dnl
m4_dnl Where a function is costly, it gets the rows of a tile at once.
m4_define([<TO_ARRAY>], [<{
                const VECTOR s_ = $2 + b;
                tile[PLUS(i * OUT_TILE, $1)] = VECTOR_BEFORE(s_, [<SLOPE(BEFORE_SLOPES)>]);
            }>])m4_dnl
m4_define([<FROM_ARRAY>], [<IF(ACTIVATION_EACH, [<tile[i * OUT_TILE + j]>],
    [<VECTOR_ACTIVATE([<tile[i * OUT_TILE + j]>], [<SLOPE(ACTIVATION_SLOPES)>])>])>])m4_dnl
/* Back from the positions to a tile of the result, of BLOCK filters; at the map's end it is cut[<>]USERS. */
TARGET static void APPLY(OUT_NAME, [<const float *m>], [<int position>], [<const float *bias>], RESIDUAL_POINTER,
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
                        tile[i * OUT_TILE + j] += LOAD(residual + lane + i * ADDED_ROW + j * RESULT_COLUMN);
            >])
            IF(ACTIVATION_EACH, [<ACTIVATION[<>](tile, rows * OUT_TILE);>])
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    STORE(out + lane + i * RESULT_ROW + j * RESULT_COLUMN, FROM_ARRAY)
        >], [<
            for (int i = 0; i < rows; i++) {
                float *to = out + lane + i * RESULT_ROW;
                IF(RESIDUAL, [<const float *from = residual + lane + i * ADDED_ROW;>])
                OUT_LINE([<FROM_ROW>], [<TO_RESULT>])
            }
        >])
    }
}
