m4_dnl A group of outputs of dense.m4: the function PART_NAME, of PART_BLOCKS blocks. Each vector's sum is kept in
m4_dnl PART_CHAINS parts, which do not wait for each other: enough of them to keep the FMA units busy. DISTANCE: what
m4_dnl is added are not products, but squares of differences.
ASSERT([<PART_CHAINS >= 1 && PART_BLOCKS >= 1>])m4_dnl
m4_define([<VECTORS>], m4_eval(PART_BLOCKS * BLOCK / LANES))m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<ADD_TO>], [<IF(DISTANCE, [<{ const VECTOR d = $2 - s; $1 += d * d; }>], [<$1 += $2 * s;>])>])m4_dnl
m4_define([<WITH_BIAS>], [<LOAD(AT(bias, V * LANES)) + SEPARATED([< + >], [<C>], PART_CHAINS, [<SUM(V, C)>])>])m4_dnl
/* m4_eval(PART_BLOCKS * BLOCK) outputs. */
TARGET static void PART_NAME[<>](const float *x, const WEIGHT_TYPE *w, const float *bias, float *out)
{
    FOR([<V>], VECTORS, [<
        VECTOR SEPARATED([<, >], [<C>], PART_CHAINS, [<SUM(V, C) = {0}>]);
    >])
    int i = 0;
    for (; i + PART_CHAINS <= IN_COUNT; i += PART_CHAINS) {
        FOR([<C>], PART_CHAINS, [<
            { const float s = x[PLUS(i, C)];
            FOR([<V>], VECTORS, [<
                  ADD_TO([<SUM(V, C)>], [<LOAD_WEIGHTS(AT(w, C * PART_BLOCKS * BLOCK + V * LANES))>])
            >])
            }
        >])
        w += m4_eval(PART_CHAINS * PART_BLOCKS * BLOCK);
    }
    WHEN(IN_COUNT % PART_CHAINS, [<
        for (; i < IN_COUNT; i++) {
            const float s = x[i];
            FOR([<V>], VECTORS, [<
                ADD_TO([<SUM(V, 0)>], [<LOAD_WEIGHTS(AT(w, V * LANES))>])
            >])
            w += m4_eval(PART_BLOCKS * BLOCK);
        }
    >])
    WHEN(ACTIVATION_EACH, [<
        STORE_EACH([<V>], VECTORS, [<WITH_BIAS>], [<AT(out, V * LANES)>], 0)
    >], [<
        FOR([<V>], VECTORS, [<
            STORE_ACTIVATED(AT(out, V * LANES), y, WITH_BIAS, [<LOAD(AT(bias, V * LANES + ACTIVATION_SLOPES))>])
        >])
    >])
}
