m4_include([<train/train.m4>])m4_dnl
m4_dnl y = w*(x - mean)/sqrt(variance + EPSILON) + b over sets of an image's numbers: groups of maps, or (BY_PIXEL) the
m4_dnl channels of a pixel. Weights: one a channel, or one a number.
m4_include([<train/sets.m4>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], IF(WEIGHTED, [<const float *restrict weights>]),
    IF(BIASED, [<const float *restrict biases>]), [<float *restrict out>])
{
    CLEAR_BORDER
    EACH_SET {
        float mean[LANE_COUNT], inverse[LANE_COUNT];
        FIND_MOMENTS
        EACH_OF_SET
            EACH_LANE {
                const float n = (NUMBER_OF(in, IN) - mean[l]) * inverse[l];
                NUMBER_OF(out, OUT) = IF(WEIGHTED, [<n * weights[WEIGHT_PLACE]>], n)[<>]IF(BIASED, m4_dnl
[< + biases[WEIGHT_PLACE]>]);
            }
    }
}
