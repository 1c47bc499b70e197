m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Fully connected: every weight is read once, in the order in which it lies, four blocks of 16 outputs
m4_dnl at a time. Bound by memory where the weights do not fit a cache, and best left to the machine's own prefetching.
m4_dnl Weights: [64 outputs][input][output], the last group as narrow as it is; then the biases.
m4_define([<GROUPS>], m4_eval(BLOCKS / 4))m4_dnl
m4_define([<LAST>], m4_eval(BLOCKS % 4))m4_dnl
m4_define([<VECTORS_OF>], [<m4_eval($1 * 16 / LANES)>])m4_dnl
m4_dnl Sums that do not wait for each other: enough of them to keep the FMA units busy.
m4_define([<CHAINS_OF>], [<IF(VECTORS_OF($1) >= 8, 1, [<IF(VECTORS_OF($1) >= 4, 2, [<IF(VECTORS_OF($1) >= 2, 4, 8)>])>])>])m4_dnl
m4_dnl
m4_dnl GROUP_OF(name, blocks)
m4_define([<GROUP_OF>], [<m4_pushdef([<CHAINS>], CHAINS_OF([<$2>]))m4_dnl
/* m4_eval($2 * 16) outputs. */
TARGET static void $1(const float *x, const float *w, const float *bias, float *out)
{
EACH([<V>], VECTORS_OF([<$2>]), [<    VECTOR EACH([<C>], CHAINS, [<IF(C, [<, >])a[<>]V[<>]_[<>]C = {0}>]);
>])m4_dnl
    int i = 0;
    for (; i + CHAINS <= IN_COUNT; i += CHAINS) {
EACH([<C>], CHAINS, [<        { const float s = x[PLUS(i, C)];
EACH([<V>], VECTORS_OF([<$2>]), [<          a[<>]V[<>]_[<>]C += LOAD(AT(w, C * $2 * 16 + V * LANES)) * s;
>])        }
>])m4_dnl
        w += m4_eval(CHAINS * $2 * 16);
    }
IF(IN_COUNT % CHAINS, [<    for (; i < IN_COUNT; i++) {
        const float s = x[i];
EACH([<V>], VECTORS_OF([<$2>]), [<        a[<>]V[<>]_0 += LOAD(AT(w, V * LANES)) * s;
>])m4_dnl
        w += m4_eval($2 * 16);
    }
>])m4_dnl
EACH([<V>], VECTORS_OF([<$2>]), [<    { const VECTOR y = LOAD(AT(bias, V * LANES))[<>]EACH([<C>], CHAINS, [< + a[<>]V[<>]_[<>]C>]); STORE(AT(out, V * LANES), VECTOR_ACTIVATE(y)) }
>])m4_dnl
}
m4_popdef([<CHAINS>])>])m4_dnl
IF(GROUPS, [<GROUP_OF(FUNCTION[<>]_group, 4)>])
IF(LAST, [<GROUP_OF(FUNCTION[<>]_last, LAST)>])
/* @about@ */
WORK(const float *restrict in, const float *restrict weights, float *restrict out)
{
    const float *biases = weights + PRODUCT(m4_eval(BLOCKS * 16), IN_COUNT);
IF(GROUPS, [<IF(GROUPS == 1 && SHARED == 0, [<    FUNCTION[<>]_group(in, weights, biases, out);
>], [<    for (int group = FIRST_OF(GROUPS); group < END_OF(GROUPS); group++)
        FUNCTION[<>]_group(in, weights + STEPS(group, IN_COUNT * 64, GROUPS), biases + group * 64, out + group * 64);
>])m4_dnl
>])m4_dnl
IF(LAST, [<    IF(SHARED, [<if (part == parts - 1)
        >])FUNCTION[<>]_last(in, IF(GROUPS, [<weights + PRODUCT(m4_eval(GROUPS * 64), IN_COUNT)>], [<weights>]), AT(biases, GROUPS * 64), AT(out, GROUPS * 64));
>])m4_dnl
}
SHARE([<in>], [<weights>])
