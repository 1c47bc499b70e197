m4_dnl Layer normalisation over the channels of each pixel. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<PLACE>], [<TIMES([<c>], PIXELS) + p>])m4_dnl
m4_define([<NORMALISED>], [<(in[PLACE] - mean) * scale>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], IS(AFFINE, none, [<>], [<const float *restrict weights>]),
                            [<float *out>]))
{
    for (int p = 0; p < PIXELS; p++) {
        float mean = 0.0f, variance = 0.0f;
        for (int c = 0; c < CHANNELS; c++)
            mean += in[PLACE];
        mean /= CHANNELS.0f;
        for (int c = 0; c < CHANNELS; c++)
            variance += (in[PLACE] - mean) * (in[PLACE] - mean);
        const float scale = 1.0f / sqrtf(variance / CHANNELS.0f + EPSILON);
        for (int c = 0; c < CHANNELS; c++)
            out[PLACE] = IS(AFFINE, none, [<NORMALISED>], [<weights[c] * (NORMALISED) + weights[CHANNELS + c]>]);
    }
}
