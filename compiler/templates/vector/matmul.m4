m4_dnl BATCH matrix products of planar tensors, HEIGHT x INNER by INNER x WIDTH, in tiles of TILE_ROWS rows and up to
m4_dnl TILE_VECTORS vectors of columns; the last of either overlap with those before. Columns that are fewer than a
m4_dnl vector holds are brought in by copies.
ASSERT([<BATCH >= 1 && HEIGHT >= TILE_ROWS && INNER >= 1 && WIDTH >= 1>])m4_dnl
m4_define([<VECTORS>], [<IF(WIDTH >= TILE_VECTORS * LANES, TILE_VECTORS, 1)>])m4_dnl
m4_define([<COLUMNS>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<TILES>], m4_eval((HEIGHT + TILE_ROWS - 1) / TILE_ROWS))m4_dnl
m4_dnl A thread that has the last tile but one has the last, too, where they overlap: all threads write its rows in one
m4_dnl order, since compilers may round the sums of one row of a tile otherwise than those of another.
m4_define([<APART>], m4_eval(HEIGHT / TILE_ROWS))m4_dnl
m4_define([<UNITS>], m4_eval(BATCH * APART))m4_dnl
m4_define([<TILES_TO>], [<IF(HEIGHT % TILE_ROWS, [<$1 / APART * TILES + $1 % APART>], [<$1>])>])m4_dnl
/* @about@ */
WORK([<const float *a>], [<const float *b>], [<float *restrict out>])
{
    const int first = FIRST_OF(UNITS), end = END_OF(UNITS);
    for (int unit = TILES_TO(first); unit < TILES_TO(end); unit++) {
        const int n = unit / TILES, tile = unit % TILES * TILE_ROWS;
        const int top = IF(HEIGHT % TILE_ROWS, [<tile < m4_eval(HEIGHT - TILE_ROWS) ? tile : m4_dnl
m4_eval(HEIGHT - TILE_ROWS)>], [<tile>]);
        const float *rows = TERMS([<a>], IF(A_STEP, [<n * A_STEP>]), [<top * INNER>]);
        const float *second = TERMS([<b>], IF(B_STEP, [<n * B_STEP>]));
        float *to = out + n * m4_eval(HEIGHT * WIDTH) + top * WIDTH;
        WHEN(WIDTH >= LANES, [<
            for (int x = 0; x < WIDTH; x += COLUMNS) {
                const int left = IF(WIDTH % COLUMNS, m4_dnl
[<x < m4_eval(WIDTH - COLUMNS) ? x : m4_eval(WIDTH - COLUMNS)>], [<x>]);
                VECTOR SEPARATED([<, >], [<R>], TILE_ROWS, m4_dnl
[<SEPARATED([<, >], [<V>], VECTORS, [<s[<>]R[<>]_[<>]V = {0}>])>]);
                for (int k = 0; k < INNER; k++) {
                    FOR([<V>], VECTORS, [<
                        const VECTOR b[<>]V = LOAD_AT(second + k * WIDTH + left[<>]IF(V, [< + m4_eval(V * LANES)>]));
                    >])
                    FOR([<R>], TILE_ROWS, [<
                        const VECTOR a[<>]R = SPLAT(rows[IF(R, [<m4_eval(R * INNER) + >])k]);
                    >])
                    FOR([<R>], TILE_ROWS, [<
                        FOR([<V>], VECTORS, [<
                            s[<>]R[<>]_[<>]V += a[<>]R * b[<>]V;
                        >])
                    >])
                }
                FOR([<R>], TILE_ROWS, [<
                    FOR([<V>], VECTORS, [<
                        STORE_AT(to + left + m4_eval(R * WIDTH + V * LANES), s[<>]R[<>]_[<>]V)
                    >])
                >])
            }
        >], [<
            VECTOR SEPARATED([<, >], [<R>], TILE_ROWS, [<s[<>]R = {0}>]);
            for (int k = 0; k < INNER; k++) {
                VECTOR column = {0};
                memcpy(&column, second + k * WIDTH, WIDTH * sizeof *to);
                FOR([<R>], TILE_ROWS, [<
                    s[<>]R += SPLAT(rows[IF(R, [<m4_eval(R * INNER) + >])k]) * column;
                >])
            }
            FOR([<R>], TILE_ROWS, [<
                memcpy(to + m4_eval(R * WIDTH), &s[<>]R, WIDTH * sizeof *to);
            >])
        >])
    }
}
SHARE([<a>], [<b>])
