m4_dnl Sum or difference of two tensors of s8 of one shape: both are brought to one scale, 20 bits to the left, and then
m4_dnl to the result's. The result may lie where an operand lies.
ASSERT([<COUNT >= 1 && BOUNDS == 1>])m4_dnl
m4_define([<HIGH_PART>], [<WORDS[<>]_high(($1 - ZERO_$2) * (1 << 21), MULTIPLIER_$2)>])m4_dnl
m4_define([<SCALED>], [<IF(SHIFT_$2, m4_dnl
[<WORDS[<>]_scale(($1 - ZERO_$2) * (1 << 20), MULTIPLIER_$2, SHIFT_$2, SUMMAND_$2)>], m4_dnl
[<HIGH_PART([<$1>], [<$2>])>])>])m4_dnl
/* @about@ */
static void @function@(const signed char *a, const signed char *b, signed char *out)
{
    for (int i = 0; i < COUNT; i++) {
        const int32_t first = SCALED([<a[i]>], A), second = SCALED([<b[i]>], B);
        const int32_t x = WORDS[<>]_byte(WORDS[<>]_scale(first IS(KIND, add, +, -) second, MULTIPLIER, SHIFT, SUMMAND));
        out[i] = (signed char)IF(CLAMP, [<(x < LOW ? LOW : x > HIGH ? HIGH : x)>], [<x>]);
    }
}

