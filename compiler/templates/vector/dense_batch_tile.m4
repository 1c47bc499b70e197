m4_dnl The register tile of dense_batch.m4: the function TILE_NAME, of ROWS images by TILE_VECTORS vectors of outputs.
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<TO>], [<AT(out, R * OUT_IMAGE + V * LANES)>])m4_dnl
/* ROWS images by m4_eval(TILE_VECTORS * LANES) outputs, over `count' inputs; `more': there are sums already. */
TARGET static void TILE_NAME[<>](const float *x, const WEIGHT_TYPE *w, float *out, int count, int more)
{
    FOR([<V>], TILE_VECTORS, [<
        VECTOR SEPARATED([<, >], [<R>], ROWS, [<SUM(V, R) = {0}>]);
    >])
    for (int i = 0; i < count; i++) {
        FOR([<V>], TILE_VECTORS, [<
            const VECTOR w[<>]V = LOAD_WEIGHTS(AT(w, V * LANES));
        >])
        FOR([<R>], ROWS, [<
            SEPARATED([< >], [<V>], TILE_VECTORS, [<SUM(V, R) += w[<>]V * x[m4_eval(R * IN_IMAGE)];>])
        >])
        x++;
        w += OUTPUTS;
    }
    if (more) {
        FOR([<R>], ROWS, [<
            SEPARATED([< >], [<V>], TILE_VECTORS, [<SUM(V, R) += LOAD(TO);>])
        >])
    }
    FOR([<R>], ROWS, [<
        SEPARATED([< >], [<V>], TILE_VECTORS, [<STORE(TO, SUM(V, R))>])
    >])
}
