m4_dnl A fully connected layer. Long sums are kept in LANES parts, which is faster and rounds less.
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1 && LANES >= 1 && LANES <= IN_COUNT>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], RESIDUAL_PARAMETER, [<const WEIGHT_TYPE *restrict weights>],
                            SLOPES_PARAMETER, RESULT_PARAMETER))
{
    IF(HAS_BIAS, [<const float *bias = BEHIND([<weights>], WEIGHT_COUNT);>])
    for (int k = 0; k < OUT_C; k++) {
        const WEIGHT_TYPE *w = weights + k * IN_COUNT;
        float sum = START([<k>]);
        WHEN(LANES > 1, [<
            float SEPARATED([<, >], [<J>], LANES, [<part[<>]J = 0.0f>]);
            for (int i = 0; i < WHOLE; i += LANES) {
                WHEN(HALVES, [<
                    float row[LANES];
                    for (int j = 0; j < LANES; j++)
                        row[j] = STORED([<w[i + j]>]);
                >])
                FOR([<J>], LANES, [<
                    part[<>]J += IF(HALVES, [<row[J]>], [<w[PLUS([<i>], J)]>]) * in[PLUS([<i>], J)];
                >])
            }
            sum = sum[<>]EACH([<J>], LANES, [< + part[<>]J>]);
        >])
        WHEN(WHOLE < IN_COUNT, [<
            for (int i = WHOLE; i < IN_COUNT; i++)
                sum += STORED([<w[i]>]) * in[i];
        >])
        out[k] = FINISH([<sum>], [<k>], [<k>]);
    }
}
