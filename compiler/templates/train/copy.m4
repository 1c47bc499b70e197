m4_include([<train/train.m4>])m4_dnl
m4_dnl The same numbers with other columns of zeros around them.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    CLEAR_BORDER
    EACH_NUMBER
        NUMBER_AT(out, OUT) = NUMBER_AT(in, IN);
}
