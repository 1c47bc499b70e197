m4_include([<fast/vector.m4>])m4_dnl
m4_dnl Convolution with few filters between planar tensors: vectors along the width, so that no lane is
m4_dnl spent on filters that do not exist. A tile is some filters by some rows by one or two vectors; where
m4_dnl the width is no multiple of a vector, the last one overlaps its neighbour.
m4_dnl Weights: [window][channel][filter]; then the biases.
ASSERT([<OUT_W >= LANES || VECTORS == 1>])m4_dnl
ASSERT([<FILTERS % TILE_FILTERS == 0 && OUT_H % TILE_H == 0 && PIXEL_COLUMN == 1>])m4_dnl
m4_define([<SPAN>], m4_eval(VECTORS * LANES))m4_dnl
m4_define([<ONE_TILE>], m4_eval(OUT_W <= SPAN))m4_dnl
m4_dnl Where vector v of a tile begins.
m4_define([<COLUMN>], [<IF(ONE_TILE && $1 && OUT_W < SPAN, m4_eval(OUT_W - LANES), m4_eval($1 * LANES))>])m4_dnl
m4_define([<ACC>], [<a$1_$2_$3>])m4_dnl
/* @about@ */
TARGET static void FUNCTION[<>](const float *restrict in, const float *restrict weights, float *restrict out)
{
    const float *biases = weights + m4_eval(KERNEL_H * KERNEL_W * IN_CHANNELS * FILTERS);
    for (int k = 0; k < FILTERS; k += TILE_FILTERS)
        for (int y = 0; y < OUT_H; y += TILE_H)
            for (int column = 0; column < OUT_W; column += SPAN) {
                const int left = IF(ONE_TILE, 0, [<column + SPAN <= OUT_W ? column : OUT_W - SPAN>]);
                const float *maps = in + IN_START + y * PIXEL_ROW + left, *w = weights + k;
EACH([<K>], TILE_FILTERS, [<                VECTOR EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<IF(R + V, [<, >])ACC(K, R, V) = {0}>])>]);
>])m4_dnl
                for (int ky = 0; ky < KERNEL_H; ky++)
                    for (int kx = 0; kx < KERNEL_W; kx++) {
                        const float *x = maps + ky * TAP_ROW + kx * TAP_COLUMN;
                        for (int c = 0; c < IN_CHANNELS; c++) {
EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<                            const VECTOR x[<>]R[<>]_[<>]V = LOAD_AT(AT(x, R * PIXEL_ROW + COLUMN(V)));
>])>])m4_dnl
EACH([<K>], TILE_FILTERS, [<                            { const float s = w[K]; EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<ACC(K, R, V) += x[<>]R[<>]_[<>]V * s; >])>])}
>])m4_dnl
                            x += IN_PLANE;
                            w += FILTERS;
                        }
                    }
                float *to = out + OUT_START + k * OUT_PLANE + y * OUT_ROW + left;
EACH([<K>], TILE_FILTERS, [<EACH([<R>], TILE_H, [<EACH([<V>], VECTORS, [<                { const VECTOR y_ = ACC(K, R, V) + biases[k + K]; STORE_AT(AT(to, K * OUT_PLANE + R * OUT_ROW + COLUMN(V)), VECTOR_ACTIVATE(y_)) }
>])>])>])m4_dnl
            }
}
