m4_dnl Rows become columns: to[column * TO_STEP + row] = from[row * FROM_STEP + column], for MAPS_0 x MAPS_1 matrices of
m4_dnl ROWS x COLUMNS numbers, which begin FROM_0, TO_0 and FROM_1, TO_1 numbers after each other; those of the last of
m4_dnl MAPS_0 have LAST_ROWS x LAST_COLUMNS. So planes become blocks (a matrix is a row of pixels of a block, its rows
m4_dnl are channels), blocks become planes, and axes are exchanged. FILL: rows that the last of MAPS_0 lacks are zeros.
ASSERT([<LAST_ROWS >= 1 && LAST_ROWS <= ROWS && LAST_COLUMNS >= 1 && LAST_COLUMNS <= COLUMNS>])m4_dnl
m4_define([<COUNT_OF>], [<IF(LAST_$1 == $1 || MAPS_0 == 1, [<LAST_$1>], [<i < LAST_MAP ? $1 : LAST_$1>])>])m4_dnl
m4_define([<LAST_MAP>], m4_eval(MAPS_0 - 1))m4_dnl
m4_define([<ADVANCED>], [<IF($3 > 1, [<STEPS([<$1>], $2, $3)>])>])m4_dnl
m4_define([<MATRIX>], [<TERMS(PLUS([<$1>], $2_START), ADVANCED(i, $2_0, MAPS_0), ADVANCED(j, $2_1, MAPS_1))>])m4_dnl
m4_include([<vector/quads.m4>])m4_dnl
/* One matrix of FUNCTION(): 4 x 4 numbers at a time, in strips of rows that fill cache lines of the result. */
TARGET static void FUNCTION(_matrix)(const float *restrict from, float *restrict to, long rows, long columns)
{
    DEFINE_QUAD
    const long LIST([<whole_rows = rows / 4 * 4>], [<whole_columns = columns / 4 * 4>]);
    for (long first = 0; first < whole_rows; first += LINE) {
        const long end = first + LINE < whole_rows ? first + LINE : whole_rows;
        for (long column = 0; column < whole_columns; column += 4)
            for (long row = first; row < end; row += 4) {
                const float *x = from + STEPS(row, FROM_STEP, ROWS) + column;
                float *y = to + STEPS(column, TO_STEP, COLUMNS) + row;
                FOR([<I>], 4, [<
                    const quad x[<>]I = QUAD_OF(AT(x, I * FROM_STEP));
                >])
                const quad a = CNN_FOUR_OF(x0, x1, 0, 4, 1, 5), b = CNN_FOUR_OF(x2, x3, 0, 4, 1, 5);
                const quad c = CNN_FOUR_OF(x0, x1, 2, 6, 3, 7), d = CNN_FOUR_OF(x2, x3, 2, 6, 3, 7);
                QUAD(y) = CNN_FOUR_OF(a, b, 0, 1, 4, 5);
                QUAD(AT(y, TO_STEP)) = CNN_FOUR_OF(a, b, 2, 3, 6, 7);
                QUAD(AT(y, 2 * TO_STEP)) = CNN_FOUR_OF(c, d, 0, 1, 4, 5);
                QUAD(AT(y, 3 * TO_STEP)) = CNN_FOUR_OF(c, d, 2, 3, 6, 7);
            }
        for (long column = whole_columns; column < columns; column++)
            for (long row = first; row < end; row++)
                to[STEPS(column, TO_STEP, COLUMNS) + row] = from[STEPS(row, FROM_STEP, ROWS) + column];
    }
    for (long row = whole_rows; row < rows; row++)
        for (long column = 0; column < columns; column++)
            to[STEPS(column, TO_STEP, COLUMNS) + row] = from[STEPS(row, FROM_STEP, ROWS) + column];
}

/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    IF(FILL, [<ZERO_HALO(MAPS_0)>])
    for (int i = FIRST_OF(MAPS_0); i < END_OF(MAPS_0); i++)
        for (int j = 0; j < MAPS_1; j++) {
            const float *from = MATRIX([<in>], FROM);
            float *to = MATRIX([<out>], TO);
            FUNCTION(_matrix)(from, to, COUNT_OF([<ROWS>]), COUNT_OF([<COLUMNS>]));
            WHEN(FILL && LAST_ROWS < ROWS, [<
                for (int x = 0; i == LAST_MAP && x < COLUMNS; x++)
                    memset(to + TIMES(x, TO_STEP) + LAST_ROWS, 0, m4_eval(ROWS - LAST_ROWS) * sizeof *to);
            >])
        }
}
SHARE([<in>])
