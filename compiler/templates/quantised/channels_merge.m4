m4_dnl Two tensors of s8 become one, for one instruction set, channels side by side: as quantised/merge.m4, 16 numbers
m4_dnl at a time. ONE_PIXEL: the second operand has one pixel, which meets all of the first's.
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<CHANNELS % 16 == 0 && PIXELS >= 1>])m4_dnl
m4_define([<LEFT>], [<m4_eval(($1 > 0) * ($1))>])m4_define([<RIGHT>], [<m4_eval(($1 < 0) * -($1))>])m4_dnl
m4_define([<RESCALED>], [<INT[<>]_rescale($1, ALL(MULTIPLIER$2), ALL(LEFT(SHIFT$2)), ALL(RIGHT(SHIFT$2)))>])m4_dnl
m4_define([<READ>], [<(INT[<>]_wide($1 + m4_eval(V * LANES_32)) - (ZERO_$2))>])m4_dnl
m4_dnl The operand with the larger scale is halved, exactly.
m4_define([<SCALED>], [<IF(MULTIPLIER_$2 == 1073741824 && SHIFT_$2 == 0, [<(READ([<$1>], $2) << 19)>], m4_dnl
[<RESCALED([<(READ([<$1>], $2) << 20)>], _$2)>])>])m4_dnl
m4_define([<END>], [<IF(BOUNDED, [<INT[<>]_bounded_result($1, end, BELOW)>], [<RESCALED([<$1>])>])>])m4_dnl
m4_define([<MERGED_add>], [<END([<SCALED([<x>], A) + SCALED([<z>], B)>])>])m4_dnl
m4_define([<MERGED_sub>], [<END([<SCALED([<x>], A) - SCALED([<z>], B)>])>])m4_dnl
m4_define([<MERGED_mul>], [<END([<READ([<x>], A) * READ([<z>], B)>])>])m4_dnl
/* @about@ */
static TARGET void K_NAME[<>](const signed char *a, const signed char *b, signed char *out)
{
    WHEN_IS(KIND, max, [<
        typedef signed char sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    >])
    WHEN(BOUNDED, [<
        const struct INT[<>]_bounded_ends end = INT[<>]_bounded_all(END_BY, END_RIGHT, END_SUMMAND, BELOW);
    >])
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < CHANNELS; c += 16) {
            const signed char *x = a + p * (long)CHANNELS + c;
            const signed char *z = b + IF(ONE_PIXEL, [<c>], [<p * (long)CHANNELS + c>]);
            WHEN_IS(KIND, max, [<
                const sixteen one = *(const sixteen *)x, two = *(const sixteen *)z, larger = one > two;
                *(sixteen *)(out + p * (long)CHANNELS + c) = (one & larger) | (two & ~larger);
            >], [<
                STORE([<SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<m4_indir([<MERGED_>]KIND)>])>], m4_dnl
[<out + p * (long)CHANNELS + c>]);
            >])
        }
}
