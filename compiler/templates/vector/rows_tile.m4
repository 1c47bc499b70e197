m4_dnl The body of rows.m4's loops: a tile of TILE_FILTERS filters by TILE_H rows by VECTORS vectors, and its results.
m4_dnl K is a filter, R a row, V a vector; COLUMN is where the vector begins.
m4_define([<SUM>], [<a$1_$2_$3>])m4_dnl
m4_dnl Half floats become floats a vector at a time: some more than the tile has filters, perhaps behind the weights.
m4_define([<STORED_FILTERS>], m4_eval((TILE_FILTERS + LANES - 1) / LANES * LANES))m4_dnl
m4_define([<WEIGHT_OF>], [<IF(HALVES, [<s[<>]m4_eval($1 / LANES)[<>][m4_eval($1 % LANES)]>], [<w[$1]>])>])m4_dnl
m4_define([<INPUT>], [<x$1_$2>])m4_dnl
m4_define([<COLUMN>], [<IF(ONE_TILE && $1 && MAP_W < SPAN, m4_eval(MAP_W - LANES), m4_eval($1 * LANES))>])m4_dnl
m4_define([<RESULT_AT>], [<AT(to, K * OUT_PLANE + R * OUT_ROW + COLUMN(V))>])m4_dnl
m4_define([<POOLED>], [<IF(POOL > 1, [<$1 / POOL>], [<$1>])>])m4_dnl
m4_define([<RESULT>], [<PLUS(out, OUT_START) + TIMES(k, OUT_PLANE) + POOLED(y) * OUT_ROW>])m4_dnl
m4_dnl
m4_dnl The larger of both rows, for one vector; then of each pair of columns. Bias and activation never
m4_dnl decrease, so that they may follow. Where the vectors overlap, or there is but one, halves are written.
m4_define([<LARGER_OF_ALL>], [<LARGER_OF_PAIRS(l_, IF(VECTORS == 2, r_, l_))>])m4_dnl
m4_define([<RESULT_H>], m4_eval(TILE_H / POOL))m4_dnl
m4_define([<RESULT_V>], IF(POOL > 1, 1, VECTORS))m4_dnl
m4_define([<IN_ARRAY>], [<results[m4_eval((K * RESULT_H + R) * RESULT_V + IF(POOL > 1, 0, V))]>])m4_dnl
m4_define([<LARGER_OF_ROWS>], [<LARGER(SUM(K, m4_eval(POOL * R), $1), SUM(K, m4_eval(POOL * R + 1), $1))>])m4_dnl
                FOR([<K>], TILE_FILTERS, [<
                    VECTOR SEPARATED([<, >], [<R>], TILE_H,
                                     [<SEPARATED([<, >], [<V>], VECTORS, [<SUM(K, R, V) = {0}>])>]);
                >])
                for (int ky = 0; ky < KERNEL_H; ky++)
                    for (int kx = 0; kx < KERNEL_W; kx++) {
                        const float *x = maps + TIMES(ky, TAP_ROW) + TIMES(kx, TAP_COLUMN);
                        for (int c = 0; c < IN_CHANNELS; c++) {
                            FOR([<R>], TILE_H, [<
                                FOR([<V>], VECTORS, [<
                                    const VECTOR INPUT(R, V) = LOAD_AT(AT(x, R * PIXEL_ROW + COLUMN(V)));
                                >])
                            >])
                            WHEN(HALVES, [<
                                FOR([<K>], m4_eval(STORED_FILTERS / LANES), [<
                                    const VECTOR s[<>]K = LOAD_WEIGHTS(AT(w, K * LANES));
                                >])
                            >])
                            FOR([<K>], TILE_FILTERS, [<
                                { const float s = WEIGHT_OF(K); m4_dnl
EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<SUM(K, R, V) += INPUT(R, V) * s; >])>])}
                            >])
                            x += IN_PLANE;
                            w += FILTERS;
                        }
                    }
                float *to = PLUS(RESULT, IF(ONE_TILE, 0, [<POOLED(left)>]));
m4_dnl All results at once, if the activation is costly: of the pairs of rows and columns, where a pool follows.
                IF(ACTIVATION_EACH, [<VECTOR results[m4_eval(TILE_FILTERS * RESULT_H * RESULT_V)];>])
                WHEN(ACTIVATION_EACH && POOL == 1, [<
                    FOR([<K>], TILE_FILTERS, [<
                        FOR([<R>], TILE_H, [<
                            FOR([<V>], VECTORS, [<
                                IN_ARRAY = SUM(K, R, V) + biases[PLUS(k, K)];
                            >])
                        >])
                    >])
                >])
                WHEN(ACTIVATION_EACH && POOL > 1, [<
                    FOR([<K>], TILE_FILTERS, [<
                        FOR([<R>], RESULT_H, [<
                            {
                                const VECTOR l_ = LARGER_OF_ROWS(0);
                                IF(VECTORS == 2, [<const VECTOR r_ = LARGER_OF_ROWS(1);>])
                                const VECTOR p_ = LARGER_OF_ALL + biases[PLUS(k, K)];
                                IN_ARRAY = p_;
                            }
                        >])
                    >])
                >])
                IF(ACTIVATION_EACH, [<ACTIVATION[<>](results, m4_eval(TILE_FILTERS * RESULT_H * RESULT_V));>])
                WHEN(POOL == 1, [<
                    FOR([<K>], TILE_FILTERS, [<
                        FOR([<R>], TILE_H, [<
                            FOR([<V>], VECTORS, [<
                                WHEN(ACTIVATION_EACH, [<
                                    STORE_AT(RESULT_AT, IN_ARRAY)
                                >], [<
                                    { const VECTOR y_ = SUM(K, R, V) + biases[PLUS(k, K)]; m4_dnl
STORE_AT(RESULT_AT, VECTOR_ACTIVATE(y_, [<SPLAT(biases[PLUS(k, m4_eval(K + ACTIVATION_SLOPES))])>])) }
                                >])
                            >])
                        >])
                    >])
                >], [<
                    FOR([<K>], TILE_FILTERS, [<
                        FOR([<R>], RESULT_H, [<
                            {
                                WHEN(ACTIVATION_EACH, [<
                                    const VECTOR y_ = IN_ARRAY;
                                >], [<
                                    const VECTOR l_ = LARGER_OF_ROWS(0);
                                    IF(VECTORS == 2, [<const VECTOR r_ = LARGER_OF_ROWS(1);>])
                                    const VECTOR p_ = LARGER_OF_ALL + biases[PLUS(k, K)];
                                    const VECTOR y_ = VECTOR_ACTIVATE(p_);
                                >])
                                float *at = AT(to, K * OUT_PLANE + R * OUT_ROW);
                                WHEN(MAP_W >= POOL * LANES, [<
                                    STORE_AT(at, y_)
                                >], [<
                                    STORE_HALF(at, y_, 0)
                                    IF(VECTORS == 2, [<STORE_HALF(at + m4_eval(OUT_W - LANES / POOL), y_, 1)>])
                                >])
                            }
                        >])
                    >])
                >])
