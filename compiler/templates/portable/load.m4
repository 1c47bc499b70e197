m4_dnl The caller's image as the network's first tensor: planar, float, less the mean, times the scale.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<PIXEL>], [<IS(IN_TYPE, float, [<>], [<(float)>])in[TIMES([<c>], STEP_C) + TIMES([<p>], STEP_PIXEL)]>])m4_dnl
/* @about@ */
static void @function@(LIST([<const IN_TYPE *restrict in>], IF(AFFINE, [<const float *restrict constants>]),
                            [<float *restrict out>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        IF(AFFINE, [<const float mean = constants[c], scale = constants[CHANNELS + c];>])
        for (int p = 0; p < PIXELS; p++)
            out[c * PIXELS + p] = IF(AFFINE, [<(PIXEL - mean) * scale>], [<PIXEL>]);
    }
}
