m4_include([<train/train.m4>])m4_dnl
m4_dnl The larger of two numbers, or the smaller one where LEAST is 1; BACK: the gradient of one of them, all of dL/dy
m4_dnl where it is that number, half where both are the same.
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(BACK, [<const float *gradient>]), [<const float *in>], m4_dnl
[<const float *other>], [<float *out>])
{
    CLEAR_BORDER
    EACH_NUMBER {
        const float a = NUMBER_AT(in, IN), b = NUMBER_AT(other, SECOND);
        WHEN(BACK, [<
            const float g = NUMBER_AT(gradient, GRADIENT);
            NUMBER_AT(out, OUT) = a IF(LEAST, <, >) b ? g : a == b ? 0.5f * g : 0.0f;
        >], [<
            NUMBER_AT(out, OUT) = a IF(LEAST, <, >) b || a != a ? a : b;
        >])
    }
}
