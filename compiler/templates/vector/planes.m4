m4_dnl Operations on each number by itself over planar tensors, which lie without gaps: OPERANDS of them become one.
m4_dnl What the axes are does not matter: COUNT0 x COUNT1 x COUNT2 numbers, where operand K steps STEP(K, 0), STEP(K, 1)
m4_dnl and STEP(K, 2) from one to the next, which is 0 where it is repeated; the last of them is 0 or 1. The factors,
m4_dnl summands or slopes of channels are operands like others: WEIGHTS of them come last, and lie one behind the other.
m4_dnl The result may overwrite an operand of its own size.
ASSERT([<OPERANDS >= 1 && WEIGHTS < OPERANDS>])m4_dnl
m4_define([<STEP>], [<m4_indir([<STEP>]$1[<_$2>])>])m4_dnl
m4_define([<TENSORS_READ>], m4_eval(OPERANDS - WEIGHTS))m4_dnl
m4_define([<REST>], m4_eval(COUNT2 % LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(COUNT2 - REST))m4_dnl
m4_define([<BEGIN_OF>], [<IF($1 < TENSORS_READ, [<in[<>]$1>],
    [<PLUS(weights, m4_eval(($1 - TENSORS_READ) * CHANNELS))>])>])m4_dnl
m4_define([<ROW_OF>], [<TERMS([<BEGIN_OF($1)>], IF(STEP($1, 0) && COUNT0 > 1, [<TIMES(i, STEP([<$1>], 0))>]),
    IF(STEP($1, 1) && COUNT1 > 1, [<TIMES(j, STEP([<$1>], 1))>]))>])m4_dnl
m4_define([<RESULT_ROW>], [<TERMS([<out>], IF(COUNT0 > 1, [<TIMES(i, m4_eval(COUNT1 * COUNT2))>]),
    IF(COUNT1 > 1, [<TIMES(j, COUNT2)>]))>])m4_dnl
m4_define([<MERGED_add>], [<$1 + $2>])m4_dnl
m4_define([<MERGED_sub>], [<$1 - $2>])m4_dnl
m4_define([<MERGED_mul>], [<$1 * $2>])m4_dnl
m4_define([<MERGED_max>], [<LARGER($1, $2)>])m4_dnl
m4_define([<MERGED_min>], [<LESSER([<$1>], [<$2>])>])m4_dnl
m4_define([<MERGED_div>], [<$1 / $2>])m4_dnl
m4_define([<MERGED_pow>], [<POWER_OF([<$1>], [<$2>])>])m4_dnl
m4_define([<MERGED_less>], [<PICK($1, <, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<MERGED_greater>], [<PICK($1, >, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<MERGED_equal>], [<PICK($1, ==, $2, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_dnl RESULTS: the lines that make r of a0, a1, ...
m4_define([<RESULT_apply>], [<const VECTOR r = a0;>])m4_dnl
m4_define([<RESULT_affine>], [<const VECTOR r = a0 * a1 + a2;>])m4_dnl
m4_define([<RESULT_merge>], [<IF(TENSORS_READ > 2, [<VECTOR r = m4_indir([<MERGED_>]KIND, a0, a1);FOR_LATER(2)>],
    [<const VECTOR r = m4_indir([<MERGED_>]KIND, a0, a1);>])>])m4_dnl
m4_define([<FOR_LATER>], [<IF($1 < TENSORS_READ,
    [< r = m4_indir([<MERGED_>]KIND, r, a$1);FOR_LATER(m4_incr($1))>])>])m4_dnl
m4_define([<RESULT_where>], [<const VECTOR r = PICK(a0, !=, SPLAT(0.0f), a1, a2);>])m4_dnl
m4_define([<RESULTS>],
    [<m4_indir([<RESULT_>]m4_ifelse(KIND, apply, apply, KIND, affine, affine, KIND, where, where, merge))>])m4_dnl
m4_define([<SLOPE>], [<a[<>]m4_decr(OPERANDS)>])m4_dnl
m4_define([<APPLIED>], [<IF(SLOPES, [<ACTIVATION[<>](r, SLOPE)>], [<VECTOR_ACTIVATE(r)>])>])m4_dnl
m4_define([<LEVELS>], m4_eval((COUNT0 > 1) + (COUNT1 > 1)))m4_dnl
/* @about@ */
TARGET static void APPLY(FUNCTION(), SEPARATED([<,>], [<K>], TENSORS_READ, [<const float *in[<>]K>]),
    IF(WEIGHTS, [<const float *restrict weights>]), [<float *out>])
{
    IF(COUNT0 > 1, [<for (int i = 0; i < COUNT0; i++)IF(COUNT1 == 1, [< {>])>])
    IF(COUNT1 > 1, [<INDENT(COUNT0 > 1)for (int j = 0; j < COUNT1; j++) {>])
    AT_DEPTH(LEVELS, [<
        FOR([<K>], OPERANDS, [<
            const float *p[<>]K = ROW_OF(K);
        >])
        float *to = RESULT_ROW;
        FOR([<K>], OPERANDS, [<
            IF(STEP(K, 2), [<>], [<const VECTOR a[<>]K = SPLAT(*p[<>]K);>])
        >])
        WHEN(WHOLE, [<
            for (int x = 0; x < WHOLE; x += LANES) {
                FOR([<K>], OPERANDS, [<
                    IF(STEP(K, 2), [<const VECTOR a[<>]K = LOAD_AT(p[<>]K + x);>])
                >])
                RESULTS
                STORE_AT(to + x, APPLIED)
            }
        >])
        WHEN(REST, [<
            FOR([<K>], OPERANDS, [<
                WHEN(STEP(K, 2), [<
                    VECTOR a[<>]K = {0};
                    memcpy(&a[<>]K, PLUS(p[<>]K, WHOLE), REST * sizeof *to);
                >])
            >])
            RESULTS
            const VECTOR y = APPLIED;
            memcpy(PLUS(to, WHOLE), &y, REST * sizeof *to);
        >])
    >])
    IF(LEVELS, [<INDENT(LEVELS - 1)}>])
}
