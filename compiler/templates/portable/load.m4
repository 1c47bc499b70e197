m4_dnl The caller's image as the network's first tensor: planar, float, less the mean, times the scale.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(const IF(BYTES, [<unsigned char>], [<float>]) *restrict in, IF(AFFINE, [<const float *restrict constants, >])m4_dnl
float *restrict out)
{
    for (int c = 0; c < CHANNELS; c++) {
        IF(AFFINE, [<const float mean = constants[c], scale = constants[CHANNELS + c];>])
        for (int p = 0; p < PIXELS; p++)
            out[c * PIXELS + p] = IF(AFFINE, [<(>])IF(BYTES, [<(float)>])m4_dnl
in[TIMES([<c>], STEP_C) + TIMES([<p>], STEP_PIXEL)]IF(AFFINE, [< - mean) * scale>]);
    }
}
