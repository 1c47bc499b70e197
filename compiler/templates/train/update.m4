m4_dnl The optimiser's step of numbers p with gradients g, which remembers m and v: OPTIMISER. Of `count' from `offset'
m4_dnl on, all multiples of UPDATE_LINE, a part. The loop over a line is one that compilers turn into vectors at -O2.
m4_define([<UPDATE_LINE>], 16)m4_dnl
m4_define([<EACH_WEIGHT>], [<for (long line = begin; line < end; line++)
        for (int l = 0; l < UPDATE_LINE; l++) {
            const long i = UPDATE_LINE * line + l;>])m4_dnl
WHERE void @name@_update[<>]SUFFIX[<>](const struct @name@_trainer *t, float scale, long offset, long count, m4_dnl
int part, int parts)
{
    const long lines = count / UPDATE_LINE, begin = lines * part / parts, end = lines * (part + 1) / parts;
    float *restrict const p = t->parameters + offset;
    const float *restrict const g = t->gradients + offset;
    IF(BUFFERS > 0, [<float *restrict const m = t->moments + offset;>])
    IF(BUFFERS > 1, [<float *restrict const v = t->moments + TRAINED_COUNT + offset;>])
    const float rate = t->rate;
    WHEN_IS(OPTIMISER, sgd, [<
        EACH_WEIGHT
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
        const double steps = (double)t->state->step;
        const float correction = (float)(1.0 / sqrt(1.0 - pow((double)BETA2, steps)));
        const float pace = (float)((double)rate / (1.0 - pow((double)BETA1, steps)));
        IF(DECOUPLED && DECAY_USED, [<const float keep = 1.0f - rate * DECAY;>])
        EACH_WEIGHT
                const float d = g[i] * scale[<>]IF(DECAY_USED && !DECOUPLED, [< + DECAY * p[i]>]);
                m[i] = BETA1 * m[i] + (1.0f - BETA1) * d;
                v[i] = BETA2 * v[i] + (1.0f - BETA2) * d * d;
                p[i] = IF(DECOUPLED && DECAY_USED, [<p[i] * keep>], [<p[i]>]) - m4_dnl
pace * m[i] / (sqrtf(v[i]) * correction + EPSILON);
            }
    >])
    WHEN_IS(OPTIMISER, rmsprop, [<
        EACH_WEIGHT
                const float d = g[i] * scale;
                m[i] = ALPHA * m[i] + (1.0f - ALPHA) * d * d;
                p[i] -= rate * d / (sqrtf(m[i]) + EPSILON);
            }
    >])
}

