m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of the numbers of a window that became one. Of a maximum or minimum, those that are it share dL/dy;
m4_dnl a product's derivative is the product of the others, which a zero leaves to itself alone.
m4_include([<train/reduce_window.m4>])m4_dnl
m4_define([<V>], [<from[<>]IN_WINDOW(IN)>])m4_dnl
m4_define([<DERIVED>], [<m4_ifelse(KIND, sum, [<dy[l]>], KIND, mean, [<dy[l] / COUNT.0f>],
    KIND, l1, [<V > 0.0f ? dy[l] : V < 0.0f ? -dy[l] : 0.0f>],
    KIND, l2, [<y_at[l] > 0.0f ? dy[l] * V / y_at[l] : 0.0f>], KIND, logsumexp, [<dy[l] * expf(V - y_at[l])>],
    KIND, prod, [<zeros[l] == 0.0f ? dy[l] * rest[l] / V : zeros[l] == 1.0f && V == 0.0f ? dy[l] * rest[l] : 0.0f>],
    KIND, argmax, [<0.0f * dy[l]>],
    [<V == y_at[l] ? dy[l] / same[l] : 0.0f>])>])m4_dnl
m4_define([<SHARED_OUT>], [<IS(KIND, max, 1, [<IS(KIND, min, 1, 0)>])>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict gradient>], IF(READS_IN, [<const float *restrict in>]),
    IF(READS_RESULT, [<const float *restrict result>]), [<float *restrict out>])
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS; y++)
            for (int x = 0; x < COLUMNS; x++) {
                const float *const dy = ONE_OF([<gradient>], [<GRADIENT>]);
                IF(READS_IN, [<const float *const from = FIRST_OF_WINDOW([<in>], [<IN>]);>])
                IF(READS_RESULT, [<const float *const y_at = ONE_OF([<result>], [<RESULT>]);>])
                float *const to = FIRST_OF_WINDOW([<out>], [<OUT>]);
                WHEN(SHARED_OUT, [<
                    float same[LANE_COUNT] = {0.0f};
                    EACH_IN_WINDOW
                        same[l] += V == y_at[l] ? 1.0f : 0.0f;
                >])
                WHEN_IS(KIND, prod, [<
                    float zeros[LANE_COUNT] = {0.0f}, rest[LANE_COUNT];
                    EACH_LANE
                        rest[l] = 1.0f;
                    EACH_IN_WINDOW {
                        zeros[l] += V == 0.0f ? 1.0f : 0.0f;
                        rest[l] *= V == 0.0f ? 1.0f : V;
                    }
                >])
                EACH_IN_WINDOW
                    to[<>]IN_WINDOW(OUT) = DERIVED;
            }
}
