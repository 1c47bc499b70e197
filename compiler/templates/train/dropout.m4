m4_include([<train/train.m4>])m4_dnl
m4_dnl Zeroes numbers with the probability RATE and multiplies the others by 1/(1 - RATE), as the counter-based
m4_dnl generator says, so that the gradient meets the same ones; in evaluation, the identity. IN_PLACE: of `out'
m4_dnl itself.
m4_define([<FROM>], [<IF(IN_PLACE, [<out>], [<in>])[PLUS([<c * IF(IN_PLACE, [<OUT>], [<IN>])_PLANE + m4_dnl
y * IF(IN_PLACE, [<OUT>], [<IN>])_ROW + x * LANE_COUNT + l>], IF(IN_PLACE, [<OUT>], [<IN>])_START)]>])m4_dnl
m4_define([<TO>], [<out[PLUS([<c * OUT_PLANE + y * OUT_ROW + x * LANE_COUNT + l>], OUT_START)]>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), IF(IN_PLACE, [<>], [<const float *restrict in>]), [<const struct @name@_work *work>],
    [<const struct @name@_place *at>], [<float *restrict out>])
{
    const uint64_t stream = (work->trainer->state->step << 20) + STREAM_OF_LAYER;
    const float rate = work->training ? RATE : 0.0f, scale = work->training ? KEEP : 1.0f;
    IF(IN_PLACE, [<>], [<CLEAR_BORDER>])
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++)
            for (int x = 0; x < OUT_W; x++)
                EACH_LANE {
                    const uint64_t number = (uint64_t)(at->image + l) * m4_eval(CHANNELS * OUT_H * OUT_W) + m4_dnl
(uint64_t)((c * OUT_H + y) * OUT_W + x);
                    TO = cnn_uniform(cnn_random(UINT64_C(SEED), stream, number)) < rate ? 0.0f : FROM * scale;
                }
}
m4_undefine([<FROM>], [<TO>])m4_dnl
