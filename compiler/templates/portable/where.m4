m4_dnl One of two tensors, number by number: a's where `which' is not 0, b's where it is. An operand that is repeated
m4_dnl along an axis has step 0 there. The result may lie where an operand of its size lies.
ASSERT([<OUT_C >= 1 && OUT_H >= 1 && OUT_W >= 1>])m4_dnl
m4_include([<portable/merge_words.m4>])m4_dnl
m4_define([<CHOSEN>], [<(which[PLACE(WHICH)] != 0.0f ? a[PLACE(A)] : b[PLACE(B)])>])m4_dnl
/* @about@ */
static void @function@(const float *which, const float *a, const float *b, float *out)
{
    WHEN(OUT_C > 1 || OUT_H > 1, [<
        for (int c = 0; c < OUT_C; c++)
            for (int y = 0; y < OUT_H; y++)
                for (int x = 0; x < OUT_W; x++)
                    out[PLACE(TO)] = ACTIVATE([<CHOSEN>]);
    >], [<
        for (int x = 0; x < OUT_W; x++)
            out[PLACE(TO)] = ACTIVATE([<CHOSEN>]);
    >])
}
