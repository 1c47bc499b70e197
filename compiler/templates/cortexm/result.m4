m4_dnl How a sum of `factors', four numbers a filter, becomes a result: START(filter) is what it begins with.
m4_define([<START>], [<factors[m4_eval(4 * ($1))]>])m4_dnl
m4_define([<FACTOR>], [<factors[m4_eval(4 * ($1) + $2)]>])m4_dnl
m4_define([<CLAMPED>], [<IF(CLAMP, [<(x < LOW ? LOW : x > HIGH ? HIGH : x)>], [<x>])>])m4_dnl
m4_dnl Functions of one filter: @function@_result(sum, multiplier, shift, summand).
m4_define([<RESULT>], [<@function@_result($1, FACTOR($2, 1), FACTOR($2, 2), FACTOR($2, 3))>])m4_dnl
/* What becomes of a sum. */
static inline signed char @function@_result(int32_t sum, int32_t multiplier, int32_t shift, int32_t summand)
{
    WHEN(FAST, [<
        const int32_t x = WORDS[<>]_byte(WORDS[<>]_scale(sum, multiplier, shift, summand));
        return (signed char)CLAMPED;
    >], [<
        (void)summand;
        return REQUANTISE[<>](sum, multiplier, shift, OUT_ZERO, LOW, HIGH);
    >])
}

