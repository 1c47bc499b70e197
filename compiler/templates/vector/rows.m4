m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Convolution with few filters between planar tensors: vectors along the width, so that no lane is
m4_dnl spent on filters that do not exist. A tile is some filters by some rows by one or two vectors; where
m4_dnl the width is no multiple of a vector, the last one overlaps its neighbour. With POOL = 2 the result
m4_dnl is the maximum of each 2x2 pixels, found in the registers; a rest of a row or column is not computed.
m4_dnl Weights: [window][channel][filter]; then the biases.
m4_define([<MAP_H>], m4_eval(OUT_H * POOL))m4_dnl
m4_define([<MAP_W>], m4_eval(OUT_W * POOL))m4_dnl
ASSERT([<MAP_W >= LANES && (VECTORS == 2 || (VECTORS == 1 && MAP_W == LANES))>])m4_dnl
ASSERT([<FILTERS % TILE_FILTERS == 0 && MAP_H % TILE_H == 0 && TILE_H % POOL == 0 && PIXEL_COLUMN == 1>])m4_dnl
m4_define([<SPAN>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<ONE_TILE>], m4_eval(MAP_W <= SPAN))m4_dnl
m4_dnl Where vector v of a tile begins.
m4_define([<COLUMN>], [<IF(ONE_TILE && $1 && MAP_W < SPAN, m4_eval(MAP_W - LANES), m4_eval($1 * LANES))>])m4_dnl
m4_define([<LEFT>], IF(ONE_TILE, 0, [<left>]))m4_dnl
m4_define([<ACC>], [<a$1_$2_$3>])m4_dnl
m4_dnl The larger of both rows, for one vector; then of each pair of columns. Bias and activation never
m4_dnl decrease, so that they may follow. Where the vectors overlap, or there is but one, halves are written.
m4_define([<HIGHER>], [<MAX_[<>]LANES[<>](ACC($1, m4_eval(2 * $2), $3), ACC($1, m4_eval(2 * $2 + 1), $3))>])m4_dnl
m4_define([<POOLED>], [<                {
                    const VECTOR l_ = HIGHER($1, $2, 0);
IF(VECTORS == 2, [<                    const VECTOR r_ = HIGHER($1, $2, 1);
>])m4_dnl
                    const VECTOR p_ = PAIRS_[<>]LANES[<>](l_, IF(VECTORS == 2, r_, l_)) + biases[PLUS(k, $1)];
                    const VECTOR y_ = VECTOR_ACTIVATE(p_);
                    float *at = AT(to, $1 * OUT_PLANE + $2 * OUT_ROW);
IF(MAP_W >= 2 * LANES, [<                    STORE_AT(at, y_)
>], [<                    STORE_HALF(at, y_, 0)
IF(VECTORS == 2, [<                    STORE_HALF(at + m4_eval(OUT_W - LANES / 2), y_, 1)
>])>])m4_dnl
                }
>])m4_dnl
/* @about@ */
TARGET static void FUNCTION[<>](const float *restrict in, const float *restrict weights, float *restrict out)
{
    const float *biases = weights + m4_eval(KERNEL_H * KERNEL_W * IN_CHANNELS * FILTERS);
    for (int k = 0; k < FILTERS; k += TILE_FILTERS)
        for (int y = 0; y < MAP_H; y += TILE_H)
            for (int column = 0; column < MAP_W; column += SPAN) {
IF(ONE_TILE, [<>], [<                const int left = column + SPAN <= MAP_W ? column : m4_eval(MAP_W - SPAN);
>])m4_dnl
                const float *maps = PLUS(PLUS(in, IN_START) + TIMES(y, PIXEL_ROW), LEFT), *w = weights + k;
EACH([<K>], TILE_FILTERS, [<                VECTOR EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<IF(R + V, [<, >])ACC(K, R, V) = {0}>])>]);
>])m4_dnl
                for (int ky = 0; ky < KERNEL_H; ky++)
                    for (int kx = 0; kx < KERNEL_W; kx++) {
                        const float *x = maps + TIMES(ky, TAP_ROW) + TIMES(kx, TAP_COLUMN);
                        for (int c = 0; c < IN_CHANNELS; c++) {
EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<                            const VECTOR x[<>]R[<>]_[<>]V = LOAD_AT(AT(x, R * PIXEL_ROW + COLUMN(V)));
>])>])m4_dnl
EACH([<K>], TILE_FILTERS, [<                            { const float s = w[K]; EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<ACC(K, R, V) += x[<>]R[<>]_[<>]V * s; >])>])}
>])m4_dnl
                            x += IN_PLANE;
                            w += FILTERS;
                        }
                    }
                float *to = PLUS(PLUS(out, OUT_START) + TIMES(k, OUT_PLANE) + IF(POOL == 2, [<y / 2 * OUT_ROW>], [<y * OUT_ROW>]), IF(ONE_TILE, 0, [<left[<>]IF(POOL == 2, [< / 2>])>]));
EACH([<K>], TILE_FILTERS, [<IF(POOL == 2, [<EACH([<R>], m4_eval(TILE_H / 2), [<POOLED(K, R)>])>], [<EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<                { const VECTOR y_ = ACC(K, R, V) + biases[PLUS(k, K)]; STORE_AT(AT(to, K * OUT_PLANE + R * OUT_ROW + COLUMN(V)), VECTOR_ACTIVATE(y_)) }
>])>])>])>])m4_dnl
            }
}
