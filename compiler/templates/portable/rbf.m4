m4_dnl Squared distances from the input to each of OUT_C prototypes.
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, const WEIGHT_TYPE *restrict prototypes, float *restrict out)
{
    for (int k = 0; k < OUT_C; k++) {
        const WEIGHT_TYPE *w = prototypes + k * IN_COUNT;
        float sum = 0.0f;
        for (int i = 0; i < IN_COUNT; i++)
            sum += (in[i] - STORED([<w[i]>])) * (in[i] - STORED([<w[i]>]));
        out[k] = sum;
    }
}
