m4_dnl An activation alone. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], SLOPES_PARAMETER, [<float *out>]))
{
    WHEN(SLOPES, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int p = 0; p < PIXELS; p++)
                out[c * PIXELS + p] = ACTIVATE([<in[c * PIXELS + p]>], [<c>]);
    >], [<
        for (int i = 0; i < PIXELS; i++)
            out[i] = ACTIVATE([<in[i]>]);
    >])
}
