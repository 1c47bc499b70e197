m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a normalisation's input: with n = (x - mean)*inverse and d = dL/dy * w, dL/dx = inverse*(d -
m4_dnl mean of d - n * mean of d*n), means over the set.
m4_include([<train/sets.m4>])m4_dnl
m4_define([<D>], [<NUMBER_OF(gradient, GRADIENT)IF(WEIGHTED, [< * weights[WEIGHT_PLACE]>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict gradient>], [<const float *restrict in>],
    IF(WEIGHTED, [<const float *restrict weights>]), [<float *restrict out>])
{
    CLEAR_BORDER
    EACH_SET {
        float mean[LANE_COUNT], inverse[LANE_COUNT], all[LANE_COUNT] = {0.0f}, product[LANE_COUNT] = {0.0f};
        FIND_MOMENTS
        EACH_OF_SET
            EACH_LANE {
                const float d = D;
                all[l] += d;
                product[l] += d * (NUMBER_OF(in, IN) - mean[l]);
            }
        EACH_LANE {
            all[l] *= SET_SHARE;
            product[l] *= SET_SHARE * inverse[l];
        }
        EACH_OF_SET
            EACH_LANE {
                const float n = (NUMBER_OF(in, IN) - mean[l]) * inverse[l], d = D;
                NUMBER_OF(out, OUT) = inverse[l] * (d - all[l] - n * product[l]);
            }
    }
}
m4_undefine([<D>])m4_dnl
