m4_dnl Where the largest of COUNT numbers is, or the first NaN: OUTER x COUNT x INNER of them, OUTER x INNER results.
ASSERT([<OUTER >= 1 && COUNT >= 1 && INNER >= 1>])m4_dnl
m4_define([<NUMBER_AT>], [<x[IF(INNER > 1, [<($1) * INNER>], [<$1>])]>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, float *restrict out)
{
    for (int o = 0; o < OUTER; o++)
        for (int i = 0; i < INNER; i++) {
            const float *x = in + o * m4_eval(COUNT * INNER) + i;
            float most = x[0];
            int place = 0;
            for (int k = 1; k < COUNT; k++) {
                const float v = NUMBER_AT([<k>]);
                if (!(v <= most) && most == most) {
                    most = v;
                    place = k;
                }
            }
            out[o * INNER + i] = (float)place;
        }
}
