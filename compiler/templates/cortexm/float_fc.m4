m4_dnl A fully connected layer of floats: FILTERS results are summed up at a time.
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1>])m4_dnl
m4_include([<cortexm/float_result.m4>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], RESIDUAL_PARAMETER, [<const float *weights>], RESULT_PARAMETER))
{
    const float *const bias = weights + WEIGHT_COUNT;
    IF(SLOPES, [<const float *const slopes = bias + BIASES;>])
    float sum[FILTERS];
    const struct FLOATS[<>]_tile tile = {sum, 1, 0, IN_COUNT};
    for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
        const int filter = k;
        COUNT_KEPT
        TILE[<>](&tile, &in, 0, weights + TIMES([<k>], IN_COUNT), bias + k);
WRITTEN([<        >], [<sum[F]>], [<filter>])m4_dnl
    }
}
