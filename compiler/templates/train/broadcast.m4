m4_include([<train/train.m4>])m4_dnl
m4_dnl The sum, difference, product, quotient, power, maximum, minimum, comparison or choice, KIND, of two tensors of
m4_dnl different shapes:
m4_dnl where one has size 1 along an axis of the result, its step there is 0, and it is repeated.
m4_include([<train/repeated.m4>])m4_dnl
m4_define([<COMPUTE_add>], [<NUMBER_OF(in, IN) + NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_sub>], [<NUMBER_OF(in, IN) - NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_mul>], [<NUMBER_OF(in, IN) * NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_div>], [<NUMBER_OF(in, IN) / NUMBER_OF(other, SECOND)>])m4_dnl
m4_define([<COMPUTE_pow>], [<powf(NUMBER_OF(in, IN), NUMBER_OF(other, SECOND))>])m4_dnl
m4_define([<COMPUTE_less>], [<NUMBER_OF(in, IN) < NUMBER_OF(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_greater>], [<NUMBER_OF(in, IN) > NUMBER_OF(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_equal>], [<NUMBER_OF(in, IN) == NUMBER_OF(other, SECOND) ? 1.0f : 0.0f>])m4_dnl
m4_define([<COMPUTE_keep>], [<NUMBER_OF(other, SECOND) != 0.0f ? NUMBER_OF(in, IN) : 0.0f>])m4_dnl
m4_define([<COMPUTE_drop>], [<NUMBER_OF(other, SECOND) != 0.0f ? 0.0f : NUMBER_OF(in, IN)>])m4_dnl
m4_define([<CHOOSES>], [<IS(KIND, max, 1, [<IS(KIND, min, 1, 0)>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *in, const float *other, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS; y++)
            for (int x = 0; x < COLUMNS; x++)
                WHEN(CHOOSES, [<
                    EACH_LANE {
                        const float a = NUMBER_OF(in, IN), b = NUMBER_OF(other, SECOND);
                        NUMBER_OF(out, OUT) = a IS(KIND, min, <, >) b || a != a ? a : b;
                    }
                >], [<
                    EACH_LANE
                        NUMBER_OF(out, OUT) = m4_indir([<COMPUTE_>]KIND);
                >])
}
