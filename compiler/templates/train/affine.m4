m4_include([<train/train.m4>])m4_dnl
m4_dnl y = factor*x + summand, one of each a channel. RESIDUAL: plus a second tensor; ACTIVATES: y is a function of
m4_dnl that. IN_PLACE: y takes the place of x.
m4_define([<OF_X>], [<x[i]IF(WEIGHTED, [< * factor>])[<>]IF(BIASED, [< + summand>])[<>]m4_dnl
IF(RESIDUAL, [< + z[i]>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), IF(WEIGHTED, m4_dnl
[<const float *restrict factors>]),
    IF(BIASED, [<const float *restrict summands>]), IF(RESIDUAL, [<const float *restrict second>]), m4_dnl
[<float *restrict out>], PART_PARAMETERS)
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++) {
        const float LIST(IF(WEIGHTED, [<factor = factors[c]>]), IF(BIASED, [<summand = summands[c]>]));
        for (int r = 0; r < OUT_H; r++) {
            IF(IN_PLACE, [<>], [<const float *const x = PLUS(in, IN_START) + c * IN_PLANE + r * IN_ROW;>])
            IF(RESIDUAL, [<const float *const z = PLUS(second, m4_dnl
SECOND_START) + c * SECOND_PLANE + r * SECOND_ROW;>])
            float *const IF(IN_PLACE, x, y) = PLUS(out, OUT_START) + c * OUT_PLANE + r * OUT_ROW;
            for (int i = 0; i < m4_eval(OUT_W * LANE_COUNT); i++)
                IF(IN_PLACE, x, y)[<>][i] = IF(ACTIVATES, [<ACTIVATION[<>](OF_X)>], [<OF_X>]);
        }
    }
}
