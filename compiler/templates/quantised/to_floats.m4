m4_dnl s8 becomes floats.
ASSERT([<COUNT >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, float *restrict out)
{
    for (int i = 0; i < COUNT; i++)
        out[i] = SCALE * (float)(in[i] - ZERO);
}
