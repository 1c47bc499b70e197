m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of an activation's input: dL/dx = dL/dy * f'(x), from x or from y = f(x). IN_PLACE: it takes the
m4_dnl place of dL/dy.
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict known>], IF(IN_PLACE, [<>], [<const float *restrict in>]),
    [<float *restrict out>], PART_PARAMETERS)
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    EACH_NUMBER_SHARED
        SET_NUMBER(DERIVATIVE_OF[<>](NUMBER_OR_VECTOR(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>])),
            NUMBER_OR_VECTOR(known, KNOWN)))
}
