m4_dnl Fully connected: every weight is read once, in the order in which they lie in memory, GROUP_BLOCKS blocks of
m4_dnl outputs at a time (dense_group.m4). Bound by memory where the weights do not fit a cache; the processor's own
m4_dnl prefetching does best there.
m4_dnl The distances of an RBF are computed alike, from prototypes.
m4_dnl Weights: [group of outputs][input][output]; a last group of LAST_BLOCKS blocks, if any; then the biases.
ASSERT([<GROUPS * GROUP_BLOCKS + LAST_BLOCKS == BLOCKS && LAST_BLOCKS < GROUP_BLOCKS>])m4_dnl
m4_define([<GROUP_OUTPUTS>], m4_eval(GROUP_BLOCKS * BLOCK))m4_dnl
m4_define([<LAST_WEIGHTS>], [<TERMS([<weights>],
    IF(GROUPS, [<PRODUCT(m4_eval(GROUPS * GROUP_OUTPUTS), IN_COUNT)>]))>])m4_dnl
IF(GROUPS, [<PART([<vector/dense_group.m4>],
                  [<PART_NAME>], FUNCTION(_group), [<PART_BLOCKS>], GROUP_BLOCKS, [<PART_CHAINS>], CHAINS)>])
IF(LAST_BLOCKS, [<PART([<vector/dense_group.m4>],
                       [<PART_NAME>], FUNCTION(_last), [<PART_BLOCKS>], LAST_BLOCKS, [<PART_CHAINS>], LAST_CHAINS)>])
/* @about@ */
WORK([<const float *restrict in>], [<const WEIGHT_TYPE *restrict weights>], [<float *restrict out>])
{
    const float *biases = BEHIND([<weights>], [<PRODUCT(m4_eval(BLOCKS * BLOCK), IN_COUNT)>]);
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
