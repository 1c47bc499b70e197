m4_include([<train/train.m4>])m4_dnl
m4_dnl The sum, difference, product or maximum, KIND, of two tensors of different shapes: where one has size 1 along an
m4_dnl axis of the result, its step there is 0, and it is repeated.
m4_include([<train/repeated.m4>])m4_dnl
m4_define([<COMPUTE_add>], [<$1 + $2>])m4_dnl
m4_define([<COMPUTE_sub>], [<$1 - $2>])m4_dnl
m4_define([<COMPUTE_mul>], [<$1 * $2>])m4_dnl
m4_define([<COMPUTE_max>], [<$1 > $2 || $1 != $1 ? $1 : $2>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *in, const float *other, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS; y++)
            for (int x = 0; x < COLUMNS; x++)
                EACH_LANE
                    NUMBER_OF(out, OUT) = m4_indir([<COMPUTE_>]KIND, [<NUMBER_OF(in, IN)>], [<NUMBER_OF(other, SECOND)>]);
}
