m4_dnl One factor and one summand a channel: BN or SCALE where there is nothing to fold it into. The
m4_dnl result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], [<const float *restrict weights>], SLOPES_PARAMETER, [<float *out>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        const float factor = weights[c], summand = weights[CHANNELS + c];
        for (int p = 0; p < PIXELS; p++)
            out[c * PIXELS + p] = ACTIVATE([<factor * in[c * PIXELS + p] + summand>], [<c>]);
    }
}
