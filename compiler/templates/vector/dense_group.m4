m4_dnl A group of outputs of dense.m4: the function GROUP_NAME, of GROUP_BLOCKS blocks. Each vector's sum is kept in
m4_dnl GROUP_CHAINS parts, which do not wait for each other: enough of them to keep the FMA units busy.
ASSERT([<GROUP_CHAINS >= 1 && GROUP_BLOCKS >= 1 && GROUP_BLOCKS <= 4>])m4_dnl
m4_define([<VECTORS>], m4_eval(GROUP_BLOCKS * BLOCK / LANES))m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<WITH_BIAS>], [<LOAD(AT(bias, V * LANES)) + SEPARATED([< + >], [<C>], GROUP_CHAINS, [<SUM(V, C)>])>])m4_dnl
/* m4_eval(GROUP_BLOCKS * BLOCK) outputs. */
TARGET static void GROUP_NAME[<>](const float *x, const float *w, const float *bias, float *out)
{
    FOR([<V>], VECTORS, [<
        VECTOR SEPARATED([<, >], [<C>], GROUP_CHAINS, [<SUM(V, C) = {0}>]);
    >])
    int i = 0;
    for (; i + GROUP_CHAINS <= IN_COUNT; i += GROUP_CHAINS) {
        FOR([<C>], GROUP_CHAINS, [<
            { const float s = x[PLUS(i, C)];
            FOR([<V>], VECTORS, [<
                  SUM(V, C) += LOAD(AT(w, C * GROUP_BLOCKS * BLOCK + V * LANES)) * s;
            >])
            }
        >])
        w += m4_eval(GROUP_CHAINS * GROUP_BLOCKS * BLOCK);
    }
    WHEN(IN_COUNT % GROUP_CHAINS, [<
        for (; i < IN_COUNT; i++) {
            const float s = x[i];
            FOR([<V>], VECTORS, [<
                SUM(V, 0) += LOAD(AT(w, V * LANES)) * s;
            >])
            w += m4_eval(GROUP_BLOCKS * BLOCK);
        }
    >])
    FOR([<V>], VECTORS, [<
        STORE_ACTIVATED(AT(out, V * LANES), y, WITH_BIAS)
    >])
}
m4_undefine([<VECTORS>])m4_dnl
