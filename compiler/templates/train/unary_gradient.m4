m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of an activation's input: dL/dx = dL/dy * f'(x), from x or from y = f(x). IN_PLACE: it takes the
m4_dnl place of dL/dy.
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict known>], IF(IN_PLACE, [<>], [<const float *restrict in>]),
    [<float *restrict out>], PART_PARAMETERS)
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    EACH_NUMBER_SHARED
        NUMBER_AT(out, OUT) = DERIVATIVE_OF[<>](m4_dnl
NUMBER_AT(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>])), NUMBER_AT(known, KNOWN));
}
