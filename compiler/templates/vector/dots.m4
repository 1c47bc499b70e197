m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Fully connected with fewer outputs than a block: a dot product for each, vectors along the inputs, so
m4_dnl that no weights are read for outputs that do not exist. Bound by reading the weights.
m4_dnl Weights: [16 inputs][output][input]; then the biases, padded to a block.
ASSERT([<IN_COUNT % (16 * CHAINS) == 0 && OUT_COUNT * CHAINS <= 12>])m4_dnl
m4_define([<ACC>], [<a$1_$2>])m4_dnl
m4_dnl TREE(first, count): a vector that holds `count' partial sums of each of the outputs' vectors, in their
m4_dnl order: neighbours are added until each vector is one number.
m4_define([<TREE>], [<IF($2 > 1 && $1 < OUT_COUNT, [<TREE($1, m4_eval($2 / 2))TREE(m4_eval($1 + $2 / 2), m4_eval($2 / 2))>])m4_dnl
    const VECTOR t$1_$2 = IF($1 >= OUT_COUNT, [<{0}>], [<IF($2 == 1, [<ACC($1, 0)[<>]EACH_FROM([<C>], 1, CHAINS, [< + ACC($1, C)>])>], [<SUMS_[<>]LANES[<>](t$1_[<>]m4_eval($2 / 2), t[<>]m4_eval($1 + $2 / 2)_[<>]m4_eval($2 / 2))>])>]);
>])m4_dnl
/* @about@ */
TARGET static void FUNCTION[<>](const float *restrict in, const float *restrict weights, float *restrict out)
{
    const float *biases = weights + m4_eval(IN_COUNT * OUT_COUNT), *w = weights;
EACH([<K>], OUT_COUNT, [<    VECTOR EACH([<C>], CHAINS, [<IF(C, [<, >])ACC(K, C) = {0}>]);
>])m4_dnl
    for (int i = 0; i < IN_COUNT; i += m4_eval(16 * CHAINS)) {
EACH([<C>], CHAINS, [<EACH([<V>], m4_eval(16 / LANES), [<        {
            const VECTOR x = LOAD_AT(AT(in + i, C * 16 + V * LANES));
EACH([<K>], OUT_COUNT, [<            ACC(K, C) += LOAD(AT(w, (C * OUT_COUNT + K) * 16 + V * LANES)) * x;
>])m4_dnl
        }
>])>])m4_dnl
IF(AHEAD, [<EACH([<L>], m4_eval(CHAINS * OUT_COUNT), [<        __builtin_prefetch(w + m4_eval(AHEAD + L * 16));
>])>])m4_dnl
        w += m4_eval(16 * CHAINS * OUT_COUNT);
    }
EACH([<G>], m4_eval(16 / LANES), [<m4_pushdef([<FIRST>], m4_eval(G * LANES))m4_dnl
IF(FIRST < OUT_COUNT, [<TREE(FIRST, LANES)    { const VECTOR y = t[<>]FIRST[<>]_[<>]LANES + LOAD(AT(biases, FIRST)); STORE(AT(out, FIRST), VECTOR_ACTIVATE(y)) }
>])m4_popdef([<FIRST>])>])m4_dnl
}
