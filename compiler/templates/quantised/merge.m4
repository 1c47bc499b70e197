m4_dnl Two tensors of s8 become one, number by number. For a sum or difference both are brought to one scale, 20 bits to
m4_dnl the left, and then to the result's. The result may lie where an operand of its size lies.
ASSERT([<OUT_C >= 1 && OUT_H >= 1 && OUT_W >= 1>])m4_dnl
m4_include([<portable/merge_words.m4>])m4_dnl
m4_define([<SCALED>], [<RESCALE[<>](($1 - ZERO_$2) * (1 << 20), MULTIPLIER_$2, SHIFT_$2)>])m4_dnl
m4_define([<RESULT>], [<REQUANTISE[<>]($1, MULTIPLIER, SHIFT, OUT_ZERO, LOW, HIGH)>])m4_dnl
m4_define([<MERGED_add>], [<RESULT([<SCALED([<$1>], A) + SCALED([<$2>], B)>])>])m4_dnl
m4_define([<MERGED_sub>], [<RESULT([<SCALED([<$1>], A) - SCALED([<$2>], B)>])>])m4_dnl
m4_define([<MERGED_mul>], [<RESULT([<($1 - ZERO_A) * ($2 - ZERO_B)>])>])m4_dnl
m4_define([<MERGED_max>], [<($1 > $2 ? $1 : $2)>])m4_dnl
m4_define([<MERGED>], [<m4_indir([<MERGED_>]KIND, [<a[PLACE(A)]>], [<b[PLACE(B)]>])>])m4_dnl
/* @about@ */
static void @function@(const signed char *a, const signed char *b, signed char *out)
{
    WHEN(OUT_C > 1 || OUT_H > 1, [<
        for (int c = 0; c < OUT_C; c++)
            for (int y = 0; y < OUT_H; y++)
                for (int x = 0; x < OUT_W; x++)
                    out[PLACE(TO)] = MERGED;
    >], [<
        for (int x = 0; x < OUT_W; x++)
            out[PLACE(TO)] = MERGED;
    >])
}
