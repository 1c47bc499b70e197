m4_dnl The caller's image as a tensor of s8: bytes by a table, of each channel's own where there are TABLES; floats less
m4_dnl the mean, times the scale, and then to the nearest integer.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<PIXEL>], [<in[TIMES([<c>], STEP_C) + TIMES([<p>], STEP_PIXEL)]>])m4_dnl
m4_define([<LOADED>], [<IS(IN_TYPE, float, m4_dnl
[<QUANTISE[<>](IF(AFFINE, [<(PIXEL - mean) * scale>], [<PIXEL>]), SCALE, OUT_ZERO)>], m4_dnl
[<table[IF(TABLES > 1, [<256 * c + >])PIXEL]>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const IN_TYPE *restrict in>], IF(AFFINE, [<const float *restrict constants>]),
                            IF(TABLES, [<const signed char *restrict table>]), [<signed char *restrict out>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        IF(AFFINE, [<const float mean = constants[c], scale = constants[CHANNELS + c];>])
        for (int p = 0; p < PIXELS; p++)
            out[c * PIXELS + p] = LOADED;
    }
}
