m4_include([<train/train.m4>])m4_dnl
m4_dnl An activation, y = f(x); IN_PLACE: y takes the place of x.
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), IF(SLOPES, [<const float *restrict slopes>]),
    [<float *restrict out>])
{
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    WHEN(SLOPES, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < OUT_H; y++)
                for (int i = 0; i < m4_eval(OUT_W * LANE_COUNT); i++)
                    out[PLUS([<c * OUT_PLANE + y * OUT_ROW + i>], OUT_START)] = m4_dnl
ACTIVATION[<>](in[PLUS([<c * IN_PLANE + y * IN_ROW + i>], IN_START)], slopes[TIMES([<c>], SLOPE_STEP)]);
    >], [<
        EACH_NUMBER
            NUMBER_AT(out, OUT) = ACTIVATION[<>](NUMBER_AT(IF(IN_PLACE, out, in), IF(IN_PLACE, [<OUT>], [<IN>])));
    >])
}
