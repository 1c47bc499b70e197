m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradients of a normalisation's weights: the sums of dL/dy * n and of dL/dy over images and pixels.
m4_include([<train/sets.m4>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict gradient>], [<int fresh>],
    IF(WEIGHTED, [<float *restrict weights>]), IF(BIASED, [<float *restrict biases>]))
{
    for (int i = 0; fresh && i < WEIGHT_COUNT; i++) {
        IF(WEIGHTED, [<weights[i] = 0.0f;>])
        IF(BIASED, [<biases[i] = 0.0f;>])
    }
    EACH_SET {
        float mean[LANE_COUNT], inverse[LANE_COUNT];
        FIND_MOMENTS
        EACH_OF_SET {
            float all = 0.0f, product = 0.0f;
            EACH_LANE {
                all += NUMBER_OF(gradient, GRADIENT);
                product += NUMBER_OF(gradient, GRADIENT) * (NUMBER_OF(in, IN) - mean[l]) * inverse[l];
            }
            IF(WEIGHTED, [<weights[WEIGHT_PLACE] += product;>], [<(void)product;>])
            IF(BIASED, [<biases[WEIGHT_PLACE] += all;>], [<(void)all;>])
        }
    }
}
