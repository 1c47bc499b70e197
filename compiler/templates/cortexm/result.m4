m4_dnl How sums become results, by four numbers a filter: what the sum begins with, multiplier, shift, summand. BOUNDS:
m4_dnl 0, anything may happen; 1, nothing leaves 32 bits on the way, and all shifts go to the right; 2, to either side.
m4_define([<CLAMPED>], [<IF(CLAMP, [<(x < LOW ? LOW : x > HIGH ? HIGH : x)>], [<x>])>])m4_dnl
m4_dnl RESULTS(filter's factors, sums' letter, where result N goes): a tile of PIXELS results.
m4_define([<RESULTS>], [<        {
            const int32_t multiplier = $1[1], shift = $1[2], summand = $1[3];
EACH([<N>], PIXELS, [<            $3 = @function@_result($2[<>]N, multiplier, shift, summand);
>])m4_dnl
        }
>])m4_dnl
/* What becomes of a sum. */
static WORDS[<>]_inline signed char @function@_result(int32_t sum, int32_t multiplier, int32_t shift, int32_t summand)
{
    WHEN(BOUNDS, [<
        const int32_t x = WORDS[<>]_byte(m4_dnl
IF(BOUNDS == 1, [<WORDS[<>]_scale>], [<WORDS[<>]_shift>])(sum, multiplier, shift, m4_dnl
summand));
        return (signed char)CLAMPED;
    >], [<
        (void)summand;
        return REQUANTISE[<>](sum, multiplier, shift, OUT_ZERO, LOW, HIGH);
    >])
}

