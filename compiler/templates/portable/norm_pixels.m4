m4_dnl Layer normalisation over the channels of each pixel. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(const float *in, IS(AFFINE, none, [<>], [<const float *restrict weights, >])float *out)
{
    for (int p = 0; p < PIXELS; p++) {
        float mean = 0.0f, variance = 0.0f;
        for (int c = 0; c < CHANNELS; c++)
            mean += in[TIMES([<c>], PIXELS) + p];
        mean /= CHANNELS.0f;
        for (int c = 0; c < CHANNELS; c++)
            variance += (in[TIMES([<c>], PIXELS) + p] - mean) * (in[TIMES([<c>], PIXELS) + p] - mean);
        const float scale = 1.0f / sqrtf(variance / CHANNELS.0f + EPSILON);
        for (int c = 0; c < CHANNELS; c++)
            out[TIMES([<c>], PIXELS) + p] = IS(AFFINE, none, [<(in[TIMES([<c>], PIXELS) + p] - mean) * scale>], [<weights[c] * ((in[TIMES([<c>], PIXELS) + p] - mean) * scale) + weights[CHANNELS + c]>]);
    }
}
