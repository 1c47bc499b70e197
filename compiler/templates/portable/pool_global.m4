m4_dnl One window that is the whole map: maximum, mean or root of the sum of squares. Long sums are kept
m4_dnl in LANES parts.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1 && LANES >= 1>])m4_dnl
m4_define([<TERM>], [<IS(KIND, l2, [<map[$1] * map[$1]>], [<map[$1]>])>])m4_dnl
m4_define([<SCALED>], [<IF(AFFINE, [<weights[c] * result + weights[CHANNELS + c]>], [<result>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]),
                            [<float *restrict out>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        const float *map = in + c * PIXELS;
        WHEN_IS(KIND, max, [<
            float result = map[0];
            for (int p = 1; p < PIXELS; p++)
                result = map[p] > result || map[p] != map[p] ? map[p] : result;
        >], [<
            IF(LANES > 1, [<float part[LANES] = {0.0f};>])
            float result = 0.0f;
            WHEN(LANES > 1, [<
                for (int p = 0; p < WHOLE; p += LANES)
                    for (int j = 0; j < LANES; j++)
                        part[j] += TERM([<p + j>]);
                for (int j = 0; j < LANES; j++)
                    result += part[j];
            >])
            WHEN(WHOLE < PIXELS, [<
                for (int p = WHOLE; p < PIXELS; p++)
                    result += TERM([<p>]);
            >])
            result = IS(KIND, l2, [<sqrtf(result)>], [<result / PIXELS.0f>]);
        >])
        out[c] = ACTIVATE([<SCALED>], [<c>]);
    }
}
