m4_dnl One window that is the whole map, of floats by pixels: maximum or mean.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<SCALED>], [<IF(AFFINE, [<weights[c] * result + weights[CHANNELS + c]>], [<result>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]),
                            [<float *restrict out>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        const float *at = in + c;
        float result = *at;
        for (int p = 1; p < PIXELS; p++) {
            at += CHANNELS;
            IS(KIND, max, [<result = *at > result || *at != *at ? *at : result;>], [<result += *at;>])
        }
        IS(KIND, max, [<>], [<result /= PIXELS.0f;>])
        out[c] = ACTIVATE([<SCALED>], [<c>]);
    }
}
