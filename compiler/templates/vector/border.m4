m4_dnl A planar tensor with a halo of zeros around each map.
m4_define([<TO>], [<PLUS(out, OUT_START) + STEPS(c, OUT_PLANE, CHANNELS) + y * OUT_ROW>])m4_dnl
m4_define([<FROM>], [<PLUS(in, IN_START) + STEPS(c, IN_PLANE, CHANNELS) + y * IN_ROW>])m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    WHEN(HALO, [<
        ZERO_HALO_OF(CHANNELS, 1)
    >])
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++)
            memcpy(TO, FROM, OUT_W * sizeof *out);
}
