m4_dnl The optimiser's step of COUNT numbers p with gradients g, which remembers m and v: OPTIMISER.
m4_define([<FLOAT_OF>], [<m4_indir([<$1>])>])m4_dnl
WHERE void @name@_update[<>]SUFFIX[<>](float *restrict p, const float *restrict g, float *restrict m, m4_dnl
float *restrict v, long count,
    float rate, float scale, double steps)
{
    WHEN_IS(OPTIMISER, sgd, [<
        (void)v, (void)steps;
        IF(MOMENTUM_USED, [<>], [<(void)m;>])
        for (long i = 0; i < count; i++) {
            const float d = g[i] * scale[<>]IF(DECAY_USED, [< + DECAY * p[i]>]);
            WHEN(MOMENTUM_USED, [<
                m[i] = MOMENTUM * m[i] + d;
                p[i] -= rate * (IF(NESTEROV, [<d + MOMENTUM * m[i]>], [<m[i]>]));
            >], [<
                p[i] -= rate * d;
            >])
        }
    >])
    WHEN_IS(OPTIMISER, adam, [<
        const float correction = (float)(1.0 / sqrt(1.0 - pow((double)BETA2, steps)));
        const float pace = (float)((double)rate / (1.0 - pow((double)BETA1, steps)));
        IF(DECOUPLED && DECAY_USED, [<const float keep = 1.0f - rate * DECAY;>])
        for (long i = 0; i < count; i++) {
            const float d = g[i] * scale[<>]IF(DECAY_USED && !DECOUPLED, [< + DECAY * p[i]>]);
            m[i] = BETA1 * m[i] + (1.0f - BETA1) * d;
            v[i] = BETA2 * v[i] + (1.0f - BETA2) * d * d;
            p[i] = IF(DECOUPLED && DECAY_USED, [<p[i] * keep>], [<p[i]>]) - m4_dnl
pace * m[i] / (sqrtf(v[i]) * correction + EPSILON);
        }
    >])
    WHEN_IS(OPTIMISER, rmsprop, [<
        (void)v, (void)steps;
        for (long i = 0; i < count; i++) {
            const float d = g[i] * scale;
            m[i] = ALPHA * m[i] + (1.0f - ALPHA) * d * d;
            p[i] -= rate * d / (sqrtf(m[i]) + EPSILON);
        }
    >])
}

