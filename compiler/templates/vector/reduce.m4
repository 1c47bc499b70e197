m4_dnl COUNT numbers of planar tensors become one: OUTER x COUNT x INNER of them, OUTER x INNER results. If INNER is 1,
m4_dnl vectors lie along what is reduced, and the lanes are brought together at the end; else across it.
ASSERT([<OUTER >= 1 && COUNT >= 1 && INNER >= 1>])m4_dnl
m4_define([<LENGTH>], [<IF(INNER > 1, INNER, COUNT)>])m4_dnl
m4_define([<REST>], m4_eval(LENGTH % LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(LENGTH - REST))m4_dnl
m4_define([<ADDS>], [<IS(KIND, max, 0, [<IS(KIND, min, 0, [<IS(KIND, prod, 0, 1)>])>])>])m4_dnl
m4_dnl TERM(vector), TERM_OF(number): what is added up, or compared; JOINED_WITH(sum, vector), NEXT(sum, number)
m4_define([<TERM_mean>], [<$1>])m4_dnl
m4_define([<TERM_sum>], [<$1>])m4_dnl
m4_define([<TERM_max>], [<$1>])m4_dnl
m4_define([<TERM_min>], [<$1>])m4_dnl
m4_define([<TERM_prod>], [<$1>])m4_dnl
m4_define([<TERM_l1>], [<SIZE($1)>])m4_dnl
m4_define([<TERM_l2>], [<$1 * $1>])m4_dnl
m4_define([<TERM_logsumexp>], [<EXP[<>]($1 - shift)>])m4_dnl
m4_define([<TERM>], [<m4_indir([<TERM_>]KIND, [<$1>])>])m4_dnl
m4_define([<TERM_OF>], [<IS(KIND, l1, [<fabsf($1)>], [<IS(KIND, l2, [<$1 * $1>], m4_dnl
[<IS(KIND, logsumexp, [<expf($1 - top)>], [<$1>])>])>])>])m4_dnl
m4_define([<JOINED_WITH>], [<m4_ifelse(KIND, max, [<LARGER($1, $2)>], KIND, min, [<LESSER([<$1>], [<$2>])>],
    KIND, prod, [<$1 * $2>], [<$1 + $2>])>])m4_dnl
m4_define([<NEXT>], [<m4_ifelse(KIND, max, [<$2 > $1 || $2 != $2 ? $2 : $1>], KIND, min,
    [<$2 < $1 || $2 != $2 ? $2 : $1>], KIND, prod, [<$1 * $2>], [<$1 + $2>])>])m4_dnl
m4_define([<RESULT_OF>], [<m4_ifelse(KIND, mean, [<$1 / COUNT.0f>], KIND, l2, [<sqrtf($1)>],
    KIND, logsumexp, [<top + logf($1)>], [<$1>])>])m4_dnl
m4_dnl ACROSS(suffix, load): a function that makes one vector of COUNT vectors, which it loads with `load(pointer)`.
m4_define([<ACROSS>], [</* One of so many vectors. */
TARGET static inline VECTOR FUNCTION($1)(const float *x)
{
    const VECTOR first = $2(x);
    WHEN_IS(KIND, logsumexp, [<
        VECTOR top = first;
        for (int k = 1; k < COUNT; k++) {
            const VECTOR v = $2(x + k * INNER);
            top = PICK(v, >, top, v, top);
        }
        const VECTOR none = top - top, shift = PICK(none, ==, SPLAT(0.0f), top, SPLAT(0.0f));
    >])
    VECTOR sum = TERM([<first>]);
    for (int k = 1; k < COUNT; k++) {
        const VECTOR v = $2(x + k * INNER), term = TERM([<v>]);
        sum = JOINED_WITH([<sum>], [<term>]);
    }
    WHEN_IS(KIND, mean, [<
        sum = sum / COUNT.0f;
    >])
    WHEN_IS(KIND, l2, [<
        for (int l = 0; l < LANES; l++)
            sum[l] = sqrtf(sum[l]);
    >])
    return IS(KIND, logsumexp, [<shift + LOG[<>](sum)>], [<sum>]);
}
>])m4_dnl
m4_define([<PLUS_WHOLE>], [<IF(WHOLE, [< + WHOLE>])>])m4_dnl
WHEN(INNER > 1 && REST, [<
    /* A vector of which only the first numbers are there. */
    TARGET static inline VECTOR FUNCTION(_part)(const float *x)
    {
        VECTOR v = {0};
        memcpy(&v, x, REST * sizeof *x);
        return v;
    }
>])
IF(INNER > 1 && REST, [<ACROSS([<_rest>], [<FUNCTION(_part)>])>])
IF(INNER > 1 && WHOLE, [<ACROSS([<_whole>], [<LOAD_AT>])>])
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    for (int o = 0; o < OUTER; o++) {
        WHEN(INNER > 1, [<
            const float *x = in + o * m4_eval(COUNT * INNER);
            WHEN(WHOLE, [<
                for (int i = 0; i < WHOLE; i += LANES)
                    STORE_AT(out + o * INNER + i, FUNCTION(_whole)(x + i))
            >])
            WHEN(REST, [<
                const VECTOR rest = FUNCTION(_rest)(x[<>]PLUS_WHOLE);
                memcpy(out + o * INNER[<>]PLUS_WHOLE, &rest, REST * sizeof *out);
            >])
        >], [<
            const float *x = in + o * COUNT;
            WHEN_IS(KIND, logsumexp, [<
                float top = x[0];
                for (int k = 1; k < COUNT; k++)
                    top = x[k] > top ? x[k] : top;
                top = top - top == 0.0f ? top : 0.0f;
                IF(WHOLE, [<const VECTOR shift = SPLAT(top);>])
            >])
            WHEN(WHOLE, [<
                const VECTOR first = LOAD_AT(x);
                VECTOR sum = TERM([<first>]);
                WHEN(WHOLE > LANES, [<
                    for (int k = LANES; k < WHOLE; k += LANES) {
                        const VECTOR v = LOAD_AT(x + k), term = TERM([<v>]);
                        sum = JOINED_WITH([<sum>], [<term>]);
                    }
                >])
                float result = sum[0];
                for (int l = 1; l < LANES; l++)
                    result = NEXT([<result>], [<sum[l]>]);
            >], [<
                float result = TERM_OF([<x[0]>]);
            >])
            WHEN(LENGTH > IF(WHOLE, WHOLE, 1), [<
                for (int k = IF(WHOLE, WHOLE, 1); k < COUNT; k++) {
                    const float v = TERM_OF([<x[k]>]);
                    result = NEXT([<result>], [<v>]);
                }
            >])
            out[o] = RESULT_OF([<result>]);
        >])
    }
}
