m4_include([<train/train.m4>])m4_dnl
m4_dnl An activation, y = f(x); IN_PLACE: y takes the place of x.
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]),
    [<float *restrict out>])
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    EACH_NUMBER
        SET_NUMBER(ACTIVATION[<>](NUMBER_OR_VECTOR(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>]))))
}
