m4_dnl The register tile of winograd.m4's product: the function GEMM_NAME, of GEMM_TILES tiles by FILTER_VECTORS vectors
m4_dnl of filters, at one position of one group.
m4_define([<WEIGHT>], [<w$1>])m4_dnl
m4_define([<CHANNEL_BLOCKS>], [<IF(VARIES, [<blocks>], [<m4_eval(IN_CHANNELS / BLOCK)>])>])m4_dnl
m4_define([<WEIGHTS_AT>], [<IF(VARIES && V * LANES >= BLOCK, [<u + block_weights>],
    [<AT(u, VECTOR_OFFSET(V, BLOCK_WEIGHTS))>])>])m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<M_AT>], [<AT(m, P * IF(FILTER_VECTORS * LANES > BLOCK, FILTER_VECTORS * LANES, BLOCK) + V * LANES)>])m4_dnl
/* One position: GEMM_TILES tiles by m4_eval(FILTER_VECTORS * LANES) filters, over all input channels; m4_dnl
meanwhile the weights at next are fetched. */
TARGET static void APPLY(GEMM_NAME, [<const float *v>], [<const float *u>], [<float *m>], [<const float *next>],
                         GEMM_TOLD)
{
    FOR([<V>], FILTER_VECTORS, [<
        VECTOR SEPARATED([<, >], [<P>], GEMM_TILES, [<SUM(V, P) = {0}>]);
    >])
    for (int block = 0; block < CHANNEL_BLOCKS; block++, v += m4_eval(GROUP * BLOCK)) {
        const float *x = v;
        for (int c = 0; c < BLOCK; c++) {
            __builtin_prefetch(next);
            next += LINE;
            FOR([<V>], FILTER_VECTORS, [<
                const VECTOR WEIGHT(V) = LOAD(WEIGHTS_AT);
            >])
            FOR([<P>], GEMM_TILES, [<
                SEPARATED([< >], [<V>], FILTER_VECTORS, [<SUM(V, P) += WEIGHT(V) * x[m4_eval(P * BLOCK)];>])
            >])
            u += BLOCK;
            x++;
        }
    }
    FOR([<P>], GEMM_TILES, [<
        FOR([<V>], FILTER_VECTORS, [<
            STORE(M_AT, SUM(V, P))
        >])
    >])
}
