m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a normalisation's input: with n = (x - mean)*inverse, dL/dx = factor*(dL/dy - mean of dL/dy -
m4_dnl n * mean of dL/dy * n); images that are not there have none. IN_PLACE: it takes the place of dL/dy. DERIVES: y is
m4_dnl a function of factor*x + summand, whose derivative dL/dy is multiplied by first.
m4_define([<OF_Y>], [<IF(IN_PLACE, dx, dy)[<>][j * LANE_COUNT + l]>])m4_dnl
m4_define([<OF_X>], [<x[j * LANE_COUNT + l]>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict gradient>]), [<const float *restrict in>],
    [<const float *restrict norms>], [<const struct @name@_place *at>], [<float *restrict out>], PART_PARAMETERS)
{
    float real[LANE_COUNT];
    EACH_LANE
        real[l] = l < at->count ? 1.0f : 0.0f;
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++) {
        const float mean = norms[c], factor = norms[m4_eval(2 * CHANNELS) + c];
        IF(DERIVES, [<const float summand = norms[m4_eval(3 * CHANNELS) + c];>])
        const float slope = factor * norms[m4_eval(5 * CHANNELS) + c] * norms[CHANNELS + c];
        const float shift = factor * norms[m4_eval(4 * CHANNELS) + c] - mean * slope;
        for (int y = 0; y < OUT_H; y++) {
            const float *const x = PLUS(in, IN_START) + c * IN_PLANE + y * IN_ROW;
            float *const dx = PLUS(out, OUT_START) + c * OUT_PLANE + y * OUT_ROW;
            IF(IN_PLACE, [<>], [<const float *const dy = PLUS(gradient, m4_dnl
GRADIENT_START) + c * GRADIENT_PLANE + y * GRADIENT_ROW;>])
            for (int j = 0; j < OUT_W; j++)
                EACH_LANE
                    dx[j * LANE_COUNT + l] = (factor * IF(DERIVES, m4_dnl
[<DERIVATIVE_OF[<>](OF_Y, ACTIVATION[<>](factor * OF_X + summand))>], [<OF_Y>]) - slope * OF_X - shift) * real[l];
        }
    }
}
