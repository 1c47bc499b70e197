m4_include([<vector/vector.m4>])m4_dnl
m4_dnl Fully connected: every weight is read once, in the order in which it lies, four blocks of outputs
m4_dnl at a time (dense_group.m4). Bound by memory where the weights do not fit a cache, and best left to the
m4_dnl machine's own prefetching.
m4_dnl Weights: [4 blocks of outputs][input][output], the last group as narrow as it is; then the biases.
m4_define([<GROUPS>], m4_eval(BLOCKS / 4))m4_dnl
m4_define([<LAST_BLOCKS>], m4_eval(BLOCKS % 4))m4_dnl
m4_define([<GROUP_OUTPUTS>], m4_eval(4 * BLOCK))m4_dnl
m4_define([<LAST_WEIGHTS>], [<TERMS([<weights>],
    IF(GROUPS, [<PRODUCT(m4_eval(GROUPS * GROUP_OUTPUTS), IN_COUNT)>]))>])m4_dnl
IF(GROUPS, [<PART([<vector/dense_group.m4>],
                  [<GROUP_NAME>], FUNCTION(_group), [<GROUP_BLOCKS>], 4, [<GROUP_CHAINS>], CHAINS)>])
IF(LAST_BLOCKS, [<PART([<vector/dense_group.m4>],
                       [<GROUP_NAME>], FUNCTION(_last), [<GROUP_BLOCKS>], LAST_BLOCKS, [<GROUP_CHAINS>], LAST_CHAINS)>])
/* @about@ */
WORK([<const float *restrict in>], [<const float *restrict weights>], [<float *restrict out>])
{
    const float *biases = weights + PRODUCT(m4_eval(BLOCKS * BLOCK), IN_COUNT);
    WHEN(GROUPS == 1 && !SHARED, [<
        FUNCTION(_group)(in, weights, biases, out);
    >])
    WHEN(GROUPS > 1 || GROUPS && SHARED, [<
        for (int group = FIRST_OF(GROUPS); group < END_OF(GROUPS); group++)
            APPLY(FUNCTION(_group), [<in>], [<weights + STEPS(group, IN_COUNT * GROUP_OUTPUTS, GROUPS)>],
                  [<biases + group * GROUP_OUTPUTS>], [<out + group * GROUP_OUTPUTS>]);
    >])
    WHEN(LAST_BLOCKS, [<
        IF(SHARED, [<if (part == parts - 1)>])
        INDENT(SHARED)APPLY(FUNCTION(_last), [<in>], [<LAST_WEIGHTS>], [<AT(biases, GROUPS * GROUP_OUTPUTS)>],
                            [<AT(out, GROUPS * GROUP_OUTPUTS)>]);
    >])
}
SHARE([<in>], [<weights>])
