m4_dnl s8 becomes floats, which lie in planes; the integers of a pixel may lie side by side.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1 && STEP_PIXEL >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, float *restrict out)
{
    WHEN(CHANNELS > 1, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int p = 0; p < PIXELS; p++)
                out[TIMES(c, PIXELS) + p] = SCALE * (float)(in[TIMES(p, STEP_PIXEL) + c] - ZERO);
    >], [<
        for (int p = 0; p < PIXELS; p++)
            out[p] = SCALE * (float)(in[TIMES(p, STEP_PIXEL)] - ZERO);
    >])
}
