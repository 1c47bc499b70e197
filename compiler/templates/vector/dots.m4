m4_dnl Fully connected with fewer outputs than a block: a dot product for each, vectors along the inputs, so
m4_dnl that no weights are read for outputs beyond the last. Bound by reading the weights.
m4_dnl Weights: [BLOCK inputs][output][input]; then the biases, padded to a block.
ASSERT([<IN_COUNT % (BLOCK * CHAINS) == 0 && OUT_COUNT * CHAINS <= MOST_SUMS>])m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<VECTORS>], m4_eval(BLOCK / LANES))m4_dnl
m4_dnl
m4_dnl TREE(first, count): a vector that holds `count' partial sums of each of the outputs' vectors, in their
m4_dnl order: neighbours are added until each vector is one number. TREE_NAME is its name, TREE_VALUE its value.
m4_define([<TREE>], [<m4_dnl
IF($2 > 1 && $1 < OUT_COUNT, [<TREE($1, m4_eval($2 / 2))TREE(m4_eval($1 + $2 / 2), m4_eval($2 / 2))>])m4_dnl
    const VECTOR TREE_NAME($1, $2) = IF($1 < OUT_COUNT, [<TREE_VALUE($1, $2)>], [<{0}>]);
>])m4_dnl
m4_define([<TREE_NAME>], [<t$1_$2>])m4_dnl
m4_define([<TREE_VALUE>], [<IF($2 == 1, [<CHAINS_SUM($1)>], [<HALVES_SUM($1, m4_eval($2 / 2))>])>])m4_dnl
m4_define([<CHAINS_SUM>], [<SEPARATED([< + >], [<C>], CHAINS, [<SUM($1, C)>])>])m4_dnl
m4_define([<HALVES_SUM>], [<SUMS_OF_PAIRS(TREE_NAME($1, $2), TREE_NAME(m4_eval($1 + $2), $2))>])m4_dnl
m4_dnl FINISH_OUTPUTS(first): one vector of outputs.
m4_define([<FINISH_OUTPUTS>], [<TREE($1, LANES)m4_dnl
    STORE_ACTIVATED(AT(out, $1), y, TREE_NAME($1, LANES) + LOAD(AT(biases, $1)),
                    [<LOAD(AT(biases, $1 + ACTIVATION_SLOPES))>])
>])m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, const WEIGHT_TYPE *restrict weights, float *restrict out)
{
    IF(HALVES, [<const float *biases = BEHIND([<weights>], 0);
    const WEIGHT_TYPE *w = weights;>], [<const float *biases = weights + m4_eval(IN_COUNT * OUT_COUNT), *w = weights;>])
    FOR([<K>], OUT_COUNT, [<
        VECTOR SEPARATED([<, >], [<C>], CHAINS, [<SUM(K, C) = {0}>]);
    >])
    for (int i = 0; i < IN_COUNT; i += m4_eval(BLOCK * CHAINS)) {
        FOR([<C>], CHAINS, [<
            FOR([<V>], VECTORS, [<
                {
                    const VECTOR x = LOAD_AT(AT(in + i, C * BLOCK + V * LANES));
                    FOR([<K>], OUT_COUNT, [<
                        SUM(K, C) += LOAD_WEIGHTS(AT(w, (C * OUT_COUNT + K) * BLOCK + V * LANES)) * x;
                    >])
                }
            >])
        >])
        WHEN(AHEAD, [<
            FOR([<L>], m4_eval(CHAINS * OUT_COUNT), [<
                __builtin_prefetch(w + m4_eval(AHEAD + L * LINE));
            >])
        >])
        w += m4_eval(BLOCK * CHAINS * OUT_COUNT);
    }
EACH([<G>], VECTORS, [<IF(G * LANES < OUT_COUNT, [<FINISH_OUTPUTS(m4_eval(G * LANES))>])>])m4_dnl
}
