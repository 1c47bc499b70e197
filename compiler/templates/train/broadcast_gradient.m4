m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of an operand of a merge, KIND, of two tensors of different shapes: where it was repeated, what its
m4_dnl copies sum up to. A product's derivative is the other operand; of a maximum, all of dL/dy goes to the larger one,
m4_dnl half to each where both are the same.
m4_include([<train/repeated.m4>])m4_dnl
m4_define([<DY>], [<NUMBER_OF(gradient, GRADIENT)>])m4_dnl
m4_define([<DERIVED_add>], [<DY>])m4_dnl
m4_define([<DERIVED_sub>], [<IF(NEGATIVE, [<->])DY>])m4_dnl
m4_define([<DERIVED_mul>], [<DY * NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<DERIVED_max>], [<DY * LARGER(NUMBER_OF(in, IN), NUMBER_OF(other, SECOND))>])m4_dnl
m4_define([<LARGER>], [<($1 > $2 ? 1.0f : $1 == $2 ? 0.5f : 0.0f)>])m4_dnl
m4_define([<EACH_C>], [<for (int c = 0; c < CHANNELS; c++)>])m4_dnl
m4_define([<EACH_H>], [<for (int y = 0; y < ROWS; y++)>])m4_dnl
m4_define([<EACH_W>], [<for (int x = 0; x < COLUMNS; x++)>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *gradient>], IS(KIND, max, [<const float *in>]),
    IF(READS_OTHER, [<const float *other>]), [<float *restrict out>])
{
    CLEAR_BORDER
    WHEN(OUT_C && OUT_H && OUT_W, [<
        EACH_C
            EACH_H
                EACH_W
                    EACH_LANE
                        NUMBER_OF(out, OUT) = m4_indir([<DERIVED_>]KIND);
    >], [<
        IF(OUT_C, [<EACH_C>])
        IF(OUT_H, [<EACH_H>])
        IF(OUT_W, [<EACH_W>])
        {
            float sum[LANE_COUNT] = {0.0f};
            IF(OUT_C, [<>], [<EACH_C>])
            IF(OUT_H, [<>], [<EACH_H>])
            IF(OUT_W, [<>], [<EACH_W>])
                EACH_LANE
                    sum[l] += m4_indir([<DERIVED_>]KIND);
            EACH_LANE
                NUMBER_OF(out, OUT) = sum[l];
        }
    >])
}
m4_undefine([<DY>], [<LARGER>], [<EACH_C>], [<EACH_H>], [<EACH_W>])m4_dnl
