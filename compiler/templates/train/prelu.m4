m4_include([<train/train.m4>])m4_dnl
m4_dnl y = x where x > 0, else slope*x, a slope a channel or one for all. KIND: y; dL/dx; or dL/dslope, the sum of
m4_dnl dL/dy * x where x <= 0.
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<c * $2_PLANE + y * $2_ROW + i>], $2_START)]>])m4_dnl
m4_define([<SLOPE_PLACE>], [<IF(SHARED_SLOPE, 0, c)>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], IS(KIND, result, [<>], [<const float *restrict gradient>]),
    IS(KIND, slopes, [<float *restrict slopes, int fresh>], [<const float *restrict slopes, float *restrict out>]))
{
    IS(KIND, slopes, [<>], [<CLEAR_BORDER>])
    WHEN_IS(KIND, slopes, [<
        for (int c = 0; fresh && c < IF(SHARED_SLOPE, 1, CHANNELS); c++)
            slopes[c] = 0.0f;
    >])
    for (int c = 0; c < CHANNELS; c++) {
        IS(KIND, slopes, [<float sum = 0.0f;>], [<const float slope = slopes[SLOPE_PLACE];>])
        for (int y = 0; y < IN_H; y++)
            for (int i = 0; i < m4_eval(IN_W * LANE_COUNT); i++) {
                const float x = NUMBER_OF(in, IN);
                WHEN_IS(KIND, result, [<
                    NUMBER_OF(out, OUT) = x > 0.0f ? x : slope * x;
                >])
                WHEN_IS(KIND, gradient, [<
                    NUMBER_OF(out, OUT) = (x > 0.0f ? 1.0f : slope) * NUMBER_OF(gradient, GRADIENT);
                >])
                WHEN_IS(KIND, slopes, [<
                    sum += x > 0.0f ? 0.0f : x * NUMBER_OF(gradient, GRADIENT);
                >])
            }
        IS(KIND, slopes, [<slopes[SLOPE_PLACE] += sum;>])
    }
}
