m4_dnl Two tensors become one, number by number. An operand that is repeated along an axis has step 0
m4_dnl there. The result may lie where an operand of its size lies.
ASSERT([<OUT_C >= 1 && OUT_H >= 1 && OUT_W >= 1>])m4_dnl
m4_define([<SUM>], [<m4_ifelse([<$1$2$3>], , 0, [<$1[<>]m4_ifelse([<$1>], , , [<m4_ifelse([<$2$3>], , , [< + >])>])$2[<>]m4_ifelse([<$2>], , , [<m4_ifelse([<$3>], , , [< + >])>])$3>])>])m4_dnl
m4_define([<TERM>], [<m4_ifelse($2, 0, , [<TIMES([<$1>], $2)>])>])m4_dnl
m4_define([<PLACE>], [<SUM(TERM([<c>], $1_C), TERM([<y>], $1_H), TERM([<x>], $1_W))>])m4_dnl
m4_define([<MERGED_add>], [<$1 + $2>])m4_dnl
m4_define([<MERGED_sub>], [<$1 - $2>])m4_dnl
m4_define([<MERGED_mul>], [<$1 * $2>])m4_dnl
m4_define([<MERGED_max>], [<($1 > $2 ? $1 : $2)>])m4_dnl
m4_define([<EACH>], [<out[PLACE(TO)] = ACTIVATE([<m4_indir([<MERGED_>]KIND, [<a[PLACE(A)]>], [<b[PLACE(B)]>])>]);>])m4_dnl
/* @about@ */
static void @function@(const float *a, const float *b, float *out)
{
IF(OUT_C > 1 || OUT_H > 1, [<    for (int c = 0; c < OUT_C; c++)
        for (int y = 0; y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++)
                EACH>], [<    for (int x = 0; x < OUT_W; x++)
        EACH>])
}
m4_undefine([<SUM>], [<TERM>], [<PLACE>], [<EACH>])m4_dnl
