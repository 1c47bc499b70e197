m4_dnl Two tensors become one, number by number. An operand that is repeated along an axis has step 0
m4_dnl there. The result may lie where an operand of its size lies.
ASSERT([<OUT_C >= 1 && OUT_H >= 1 && OUT_W >= 1>])m4_dnl
m4_define([<TERM>], [<IF($3, [<PLUS(m4_ifelse([<$1>], , [<TIMES([<$2>], $3)>], [<$1 + TIMES([<$2>], $3)>]), 0)>], [<$1>])>])m4_dnl
m4_define([<PLACE>], [<m4_ifelse(TERM(TERM(TERM([<>], [<c>], $1_C), [<y>], $1_H), [<x>], $1_W), , 0, [<TERM(TERM(TERM([<>], [<c>], $1_C), [<y>], $1_H), [<x>], $1_W)>])>])m4_dnl
m4_define([<MERGED_add>], [<$1 + $2>])m4_dnl
m4_define([<MERGED_sub>], [<$1 - $2>])m4_dnl
m4_define([<MERGED_mul>], [<$1 * $2>])m4_dnl
m4_define([<MERGED_max>], [<($1 > $2 ? $1 : $2)>])m4_dnl
/* @about@ */
static void @function@(const float *a, const float *b, float *out)
{
    IF(OUT_C > 1, [<for (int c = 0; c < OUT_C; c++)>])
        IF(OUT_H > 1, [<for (int y = 0; y < OUT_H; y++)>])
            IF(OUT_W > 1, [<for (int x = 0; x < OUT_W; x++)>])
                out[PLACE(TO)] = ACTIVATE([<m4_indir([<MERGED_>]KIND, [<a[PLACE(A)]>], [<b[PLACE(B)]>])>]);
}
m4_undefine([<TERM>], [<PLACE>])m4_dnl
