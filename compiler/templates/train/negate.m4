m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of what was subtracted: dL/dx = -dL/dy.
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), [<float *restrict out>])
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    EACH_NUMBER
        NUMBER_AT(out, OUT) = -NUMBER_AT(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>]));
}
