m4_dnl COUNT numbers become one: OUTER x COUNT x INNER of them, OUTER x INNER results. Long sums are kept in PARTS.
ASSERT([<OUTER >= 1 && COUNT >= 1 && INNER >= 1>])m4_dnl
m4_define([<ADDS>], [<IS(KIND, max, 0, [<IS(KIND, min, 0, [<IS(KIND, prod, 0, 1)>])>])>])m4_dnl
m4_define([<PARTS>], [<IF(ADDS && COUNT >= 64, 8, 1)>])m4_dnl
m4_define([<WHOLE>], m4_eval(COUNT - COUNT % PARTS))m4_dnl
m4_define([<NUMBER_AT>], [<x[IF(INNER > 1, [<($1) * INNER>], [<$1>])]>])m4_dnl
m4_define([<TERM_mean>], [<NUMBER_AT([<$1>])>])m4_dnl
m4_define([<TERM_sum>], [<NUMBER_AT([<$1>])>])m4_dnl
m4_define([<TERM_l1>], [<fabsf(NUMBER_AT([<$1>]))>])m4_dnl
m4_define([<TERM_l2>], [<NUMBER_AT([<$1>]) * NUMBER_AT([<$1>])>])m4_dnl
m4_define([<TERM_logsumexp>], [<expf(NUMBER_AT([<$1>]) - shift)>])m4_dnl
m4_define([<TERM>], [<m4_indir([<TERM_>]KIND, [<$1>])>])m4_dnl
m4_define([<NEXT_max>], [<v > result || v != v ? v : result>])m4_dnl
m4_define([<NEXT_min>], [<v < result || v != v ? v : result>])m4_dnl
m4_define([<NEXT_prod>], [<result * v>])m4_dnl
m4_define([<RESULT>], [<m4_ifelse(KIND, mean, [<result / COUNT.0f>], KIND, l2, [<sqrtf(result)>],
    KIND, logsumexp, [<shift + logf(result)>], [<result>])>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, float *restrict out)
{
    for (int o = 0; o < OUTER; o++)
        for (int i = 0; i < INNER; i++) {
            const float *x = in + o * m4_eval(COUNT * INNER) + i;
            WHEN(ADDS, [<
                float result = 0.0f;
                WHEN_IS(KIND, logsumexp, [<
                    float shift = x[0];
                    for (int k = 1; k < COUNT; k++)
                        shift = NUMBER_AT([<k>]) > shift ? NUMBER_AT([<k>]) : shift;
                    shift = shift - shift == 0.0f ? shift : 0.0f;
                >])
                WHEN(PARTS > 1, [<
                    float part[PARTS] = {0.0f};
                    for (int k = 0; k < WHOLE; k += PARTS)
                        for (int j = 0; j < PARTS; j++)
                            part[j] += TERM([<k + j>]);
                    for (int j = 0; j < PARTS; j++)
                        result += part[j];
                >])
                WHEN(PARTS == 1 || WHOLE < COUNT, [<
                    for (int k = IF(PARTS > 1, WHOLE, 0); k < COUNT; k++)
                        result += TERM([<k>]);
                >])
            >], [<
                float result = x[0];
                for (int k = 1; k < COUNT; k++) {
                    const float v = NUMBER_AT([<k>]);
                    result = m4_indir([<NEXT_>]KIND);
                }
            >])
            out[o * INNER + i] = RESULT;
        }
}
