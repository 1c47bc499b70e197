m4_include([<train/train.m4>])m4_dnl
m4_dnl The sum, difference, product, quotient or power of two tensors, or how they compare; of a choice, what the second
m4_dnl tensor keeps or drops of the first. IN_PLACE: the result takes the first one's place.
m4_define([<ONE>], [<NUMBER_AT(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>]))>])m4_dnl
m4_define([<OTHER>], [<NUMBER_AT(other, [<OTHER>])>])m4_dnl
m4_define([<COMPUTE_add>], [<ONE + NUMBER_AT(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_sub>], [<ONE - NUMBER_AT(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_mul>], [<ONE * NUMBER_AT(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_div>], [<ONE / NUMBER_AT(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_pow>], [<powf(ONE, NUMBER_AT(other, SECOND))>])m4_dnl
m4_define([<COMPUTE_less>], [<ONE < NUMBER_AT(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_greater>], [<ONE > NUMBER_AT(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_equal>], [<ONE == NUMBER_AT(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_keep>], [<NUMBER_AT(other, SECOND) != 0.0f ? ONE : 0.0f>])m4_dnl
m4_define([<COMPUTE_drop>], [<NUMBER_AT(other, SECOND) != 0.0f ? 0.0f : ONE>])m4_dnl
m4_undefine([<OTHER>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), [<const float *restrict other>],
    [<float *restrict out>])
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    EACH_NUMBER
        NUMBER_AT(out, OUT) = m4_indir([<COMPUTE_>]KIND);
}
m4_undefine([<ONE>])m4_dnl
