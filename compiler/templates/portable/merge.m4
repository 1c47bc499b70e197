m4_dnl Two tensors become one, number by number. An operand that is repeated along an axis has step 0
m4_dnl there. The result may lie where an operand of its size lies.
ASSERT([<OUT_C >= 1 && OUT_H >= 1 && OUT_W >= 1>])m4_dnl
m4_include([<portable/merge_words.m4>])m4_dnl
m4_define([<MERGED_add>], [<$1 + $2>])m4_dnl
m4_define([<MERGED_sub>], [<$1 - $2>])m4_dnl
m4_define([<MERGED_mul>], [<$1 * $2>])m4_dnl
m4_define([<MERGED_max>], [<($1 > $2 || $1 != $1 ? $1 : $2)>])m4_dnl
m4_define([<MERGED_min>], [<($1 < $2 || $1 != $1 ? $1 : $2)>])m4_dnl
m4_define([<MERGED_div>], [<$1 / $2>])m4_dnl
m4_define([<MERGED_pow>], [<powf($1, $2)>])m4_dnl
m4_define([<MERGED_less>], [<($1 < $2 ? 1.0f : 0.0f)>])m4_dnl
m4_define([<MERGED_greater>], [<($1 > $2 ? 1.0f : 0.0f)>])m4_dnl
m4_define([<MERGED_equal>], [<($1 == $2 ? 1.0f : 0.0f)>])m4_dnl
m4_define([<MERGED>], [<m4_indir([<MERGED_>]KIND, [<a[PLACE(A)]>], [<b[PLACE(B)]>])>])m4_dnl
/* @about@ */
static void @function@(const float *a, const float *b, float *out)
{
    WHEN(OUT_C > 1 || OUT_H > 1, [<
        for (int c = 0; c < OUT_C; c++)
            for (int y = 0; y < OUT_H; y++)
                for (int x = 0; x < OUT_W; x++)
                    out[PLACE(TO)] = ACTIVATE([<MERGED>]);
    >], [<
        for (int x = 0; x < OUT_W; x++)
            out[PLACE(TO)] = ACTIVATE([<MERGED>]);
    >])
}
