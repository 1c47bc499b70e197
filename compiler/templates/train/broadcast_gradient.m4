m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of an operand of a merge, KIND, of two tensors of different shapes: where it was repeated, what its
m4_dnl copies sum up to. A product's derivative is the other operand; of a maximum, all of dL/dy goes to the larger one,
m4_dnl half to each where both are the same; the smaller, for a minimum. A quotient has a formula for each operand, div0
m4_dnl and div1, as has a power. What is kept or dropped of an operand has the gradient of that; comparisons are level.
m4_include([<train/repeated.m4>])m4_dnl
m4_define([<DERIVED_add>], [<NUMBER_OF(gradient, GRADIENT)>])m4_dnl
m4_define([<DERIVED_sub>], [<IF(NEGATIVE, [<->])NUMBER_OF(gradient, GRADIENT)>])m4_dnl
m4_define([<DERIVED_mul>], [<NUMBER_OF(gradient, GRADIENT) * NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<OWN>], [<NUMBER_OF(in, IN)>])m4_dnl
m4_define([<SECOND_ONE>], [<NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<DERIVED_div0>], [<NUMBER_OF(gradient, GRADIENT) / SECOND_ONE>])m4_dnl
m4_define([<DERIVED_div1>], [<-NUMBER_OF(gradient, GRADIENT) * SECOND_ONE / (OWN * OWN)>])m4_dnl
m4_define([<DERIVED_pow0>], [<SECOND_ONE == 0.0f ? 0.0f : m4_dnl
NUMBER_OF(gradient, GRADIENT) * SECOND_ONE * powf(OWN, SECOND_ONE - 1.0f)>])m4_dnl
m4_define([<DERIVED_pow1>], [<SECOND_ONE == 0.0f && OWN >= 0.0f ? 0.0f : m4_dnl
NUMBER_OF(gradient, GRADIENT) * powf(SECOND_ONE, OWN) * logf(SECOND_ONE)>])m4_dnl
m4_define([<DERIVED_level>], [<0.0f * NUMBER_OF(gradient, GRADIENT)>])m4_dnl
m4_define([<DERIVED_keep>], [<SECOND_ONE != 0.0f ? NUMBER_OF(gradient, GRADIENT) : 0.0f>])m4_dnl
m4_define([<DERIVED_drop>], [<SECOND_ONE != 0.0f ? 0.0f : NUMBER_OF(gradient, GRADIENT)>])m4_dnl
m4_define([<CHOOSES>], [<IS(KIND, max, 1, [<IS(KIND, min, 1, 0)>])>])m4_dnl
m4_dnl ADD_TO(what is assigned, how): a share of the gradient, for each image.
m4_define([<ADD_TO>], [<WHEN(CHOOSES, [<
                    EACH_LANE {
                        const float a = NUMBER_OF(in, IN), b = NUMBER_OF(other, SECOND);
                        $1 $2 NUMBER_OF(gradient, GRADIENT) * (a IS(KIND, min, <, >) b ? 1.0f : a == b ? 0.5f : 0.0f);
                    }
                >], [<
                    EACH_LANE
                        $1 $2 m4_indir([<DERIVED_>]KIND);
                >])>])m4_dnl
m4_dnl Three loops in all: outside the sum along the axes that the operand has, inside along those it is repeated on.
m4_define([<EACH_C>], [<for (int c = 0; c < CHANNELS; c++)>])m4_dnl
m4_define([<EACH_H>], [<for (int y = 0; y < ROWS; y++)>])m4_dnl
m4_define([<EACH_W>], [<for (int x = 0; x < COLUMNS; x++)>])m4_dnl
m4_define([<OUTER>], m4_eval((OUT_C > 0) + (OUT_H > 0) + (OUT_W > 0)))m4_dnl
m4_define([<DEEPER>], [<IF(OUTER > 0, [<    >])IF(OUTER > 1, [<    >])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *gradient>], IF(READS_OWN, [<const float *in>]),
    IF(READS_OTHER, [<const float *other>]), [<float *restrict out>])
{
    CLEAR_BORDER
    WHEN(OUTER == 3, [<
        EACH_C
            EACH_H
                EACH_W
                    ADD_TO([<NUMBER_OF(out, OUT)>], =)
    >], [<
        JOINED([<>], [<
            >], IF(OUT_C, [<EACH_C>]), IF(OUT_H, [<EACH_H>]), IF(OUT_W, [<EACH_W>]))IF(OUTER, [< {>])
        DEEPER[<>]float sum[LANE_COUNT] = {0.0f};
        DEEPER[<>]JOINED([<>], IF(OUTER, [<[<
                >]>], [<[<
            >]>]), IF(OUT_C, [<>], [<EACH_C>]), IF(OUT_H, [<>], [<EACH_H>]), IF(OUT_W, [<>], [<EACH_W>]))
                    ADD_TO([<sum[l]>], +=)
        DEEPER[<>]EACH_LANE
        DEEPER[<>]    NUMBER_OF(out, OUT) = sum[l];
        IF(OUTER > 1, [<    >])IF(OUTER, [<}>])
    >])
}
m4_undefine([<OWN>], [<SECOND_ONE>])m4_dnl
m4_undefine([<ADD_TO>], [<EACH_C>], [<EACH_H>], [<EACH_W>], [<OUTER>], [<DEEPER>])m4_dnl
