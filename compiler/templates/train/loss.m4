m4_include([<train/train.m4>])m4_dnl
m4_dnl A loss, the mean over images and pixels (or numbers), and its gradient; `weight' of an image that is not there
m4_dnl is 0.
m4_define([<AT_CHANNEL>], [<$1[c * $2_PLANE + l]>])m4_dnl
m4_define([<SCORE>], [<AT_CHANNEL(x, IN)>])m4_dnl
m4_define([<DERIVED>], [<AT_CHANNEL(dx, OUT)>])m4_dnl
m4_define([<CLASSES>], [<IS(KIND, crossentropy, 1, [<IS(KIND, hinge, 1, 0)>])>])m4_dnl
m4_define([<TARGET_NUMBER>], [<m4_dnl
targets[(((int64_t)at->image + IMAGE_OF) * CHANNELS + c) * m4_eval(IN_H * IN_W) + p]>])m4_dnl
m4_define([<IMAGE_OF>], [<(l < at->count ? l : 0)>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, const struct @name@_work *work, const struct @name@_place *at,
    float *restrict out)
{
    const IF(CLASSES, [<int32_t>], [<float>]) *const targets = m4_dnl
(const IF(CLASSES, [<int32_t>], [<float>]) *)work->targets[INDEX];
    float weight[LANE_COUNT], loss[LANE_COUNT] = {0.0f};
    EACH_LANE
        weight[l] = l < at->count ? HEAD / (float)work->trainer->batch : 0.0f;
    CLEAR_BORDER
    for (int p = 0; p < m4_eval(IN_H * IN_W); p++) {
        const float *const x = in + PLUS([<p / IN_W * IN_ROW + p % IN_W * LANE_COUNT>], IN_START);
        float *const dx = out + PLUS([<p / IN_W * OUT_ROW + p % IN_W * LANE_COUNT>], OUT_START);
        WHEN(CLASSES, [<
            int32_t right[LANE_COUNT], other[LANE_COUNT];
            float share[LANE_COUNT];
            EACH_LANE {
                const int64_t image = (int64_t)at->image + IMAGE_OF;
                right[l] = targets[image * m4_eval(IN_H * IN_W) + p];
                other[l] = work->others ? work->others[image * m4_eval(IN_H * IN_W) + p] : right[l];
                share[l] = work->shares ? work->shares[image] : 1.0f;
            }
        >])
        WHEN_IS(KIND, crossentropy, [<
            float top[LANE_COUNT], sum[LANE_COUNT] = {0.0f};
            EACH_LANE
                top[l] = x[l];
            for (int c = 1; c < CHANNELS; c++)
                EACH_LANE
                    top[l] = SCORE > top[l] ? SCORE : top[l];
            for (int c = 0; c < CHANNELS; c++)
                EACH_LANE {
                    DERIVED = expf(SCORE - top[l]);
                    sum[l] += DERIVED;
                }
            for (int c = 0; c < CHANNELS; c++)
                EACH_LANE {
                    const float wanted = (right[l] == c ? share[l] : 0.0f) + (other[l] == c ? 1.0f - share[l] : 0.0f);
                    const float target = IF(SMOOTHS, [<wanted * m4_dnl
SMOOTH_REST + SMOOTH_SHARE>], [<wanted>]);
                    loss[l] -= target > 0.0f ? target * (SCORE - top[l] - logf(sum[l])) : 0.0f;
                    DERIVED = (DERIVED / sum[l] - target) * weight[l];
                }
        >])
        WHEN_IS(KIND, hinge, [<
            for (int c = 0; c < CHANNELS; c++)
                EACH_LANE
                    DERIVED = 0.0f;
            EACH_LANE
                for (int turn = 0; turn < 2; turn++) {
                    const int32_t class = turn ? other[l] : right[l];
                    const float part = turn ? 1.0f - share[l] : share[l];
                    if (part <= 0.0f || class < 0 || class >= CHANNELS)
                        continue;
                    const float score = x[class * IN_PLANE + l];
                    for (int c = 0; c < CHANNELS; c++) {
                        const float excess = SCORE - score + MARGIN;
                        if (c == class || !(excess > 0.0f))
                            continue;
                        loss[l] += part * excess;
                        DERIVED += part * weight[l];
                        dx[class * OUT_PLANE + l] -= part * weight[l];
                    }
                }
        >])
        WHEN(!CLASSES, [<
            for (int c = 0; c < CHANNELS; c++)
                EACH_LANE {
                    const float target = TARGET_NUMBER;
                    WHEN_IS(KIND, bce, [<
                        loss[l] += (SCORE > 0.0f ? SCORE : 0.0f) - SCORE * target + log1pf(expf(-fabsf(SCORE)));
                        DERIVED = (1.0f / (1.0f + expf(-SCORE)) - target) * weight[l];
                    >])
                    WHEN_IS(KIND, mse, [<
                        const float apart = SCORE - target;
                        loss[l] += apart * apart;
                        DERIVED = 2.0f * apart * weight[l];
                    >])
                    WHEN_IS(KIND, mae, [<
                        const float apart = SCORE - target;
                        loss[l] += fabsf(apart);
                        DERIVED = apart > 0.0f ? weight[l] : apart < 0.0f ? -weight[l] : 0.0f;
                    >])
                }
        >])
    }
    EACH_LANE
        if (l < at->count)
            work->trainer->losses[at->image + l] += loss[l] * HEAD;
}
m4_undefine([<SCORE>], [<DERIVED>], [<CLASSES>], [<IMAGE_OF>])m4_dnl
