m4_include([<train/train.m4>])m4_dnl
m4_dnl y = factor*x + summand, one of each a channel. IN_PLACE: y takes the place of x.
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), IF(WEIGHTED, m4_dnl
[<const float *restrict factors>]),
    IF(BIASED, [<const float *restrict summands>]), [<float *restrict out>])
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    for (int c = 0; c < CHANNELS; c++) {
        const float LIST(IF(WEIGHTED, [<factor = factors[c]>]), IF(BIASED, [<summand = summands[c]>]));
        for (int y = 0; y < OUT_H; y++)
            for (int i = 0; i < m4_eval(OUT_W * LANE_COUNT); i++)
                out[PLUS([<c * OUT_PLANE + y * OUT_ROW + i>], OUT_START)] = m4_dnl
IF(IN_PLACE, out, in)[<>][PLUS([<c * IN_PLANE + y * IN_ROW + i>], IN_START)]IF(WEIGHTED, m4_dnl
[< * factor>])[<>]IF(BIASED, [< + summand>]);
    }
}
