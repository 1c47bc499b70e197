m4_dnl Floats become s8.
ASSERT([<COUNT >= 1>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, signed char *restrict out)
{
    for (int i = 0; i < COUNT; i++)
        out[i] = QUANTISE[<>](in[i], SCALE, OUT_ZERO);
}
