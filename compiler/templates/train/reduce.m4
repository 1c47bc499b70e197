m4_include([<train/train.m4>])m4_dnl
m4_dnl The numbers of a window become one: their mean, sum, maximum, minimum, product, the sum of their sizes (l1), the
m4_dnl root of the sum of their squares (l2), or the logarithm of that of their exponentials.
m4_include([<train/reduce_window.m4>])m4_dnl
m4_define([<V>], [<from[<>]IN_WINDOW(IN)>])m4_dnl
m4_define([<BEGIN_OF_SUM>], [<m4_ifelse(KIND, max, -INFINITY, KIND, min, INFINITY, KIND, prod, 1.0f, 0.0f)>])m4_dnl
m4_define([<ADDED>], [<m4_ifelse(KIND, max, [<V > sum[l] || V != V ? V : sum[l]>],
    KIND, min, [<V < sum[l] || V != V ? V : sum[l]>], KIND, prod, [<sum[l] * V>], KIND, l1, [<sum[l] + fabsf(V)>],
    KIND, l2, [<sum[l] + V * V>], KIND, logsumexp, [<sum[l] + expf(V - top[l])>], [<sum[l] + V>])>])m4_dnl
m4_define([<RESULT>], [<m4_ifelse(KIND, mean, [<sum[l] / COUNT.0f>], KIND, l2, [<sqrtf(sum[l])>],
    KIND, logsumexp, [<top[l] + logf(sum[l])>], [<sum[l]>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < ROWS; y++)
            for (int x = 0; x < COLUMNS; x++) {
                const float *const from = FIRST_OF_WINDOW([<in>], [<IN>]);
                float *const to = ONE_OF([<out>], [<OUT>]);
                float sum[LANE_COUNT];
                WHEN_IS(KIND, logsumexp, [<
                    float top[LANE_COUNT];
                    EACH_LANE
                        top[l] = from[l];
                    EACH_IN_WINDOW
                        top[l] = V > top[l] ? V : top[l];
                    EACH_LANE
                        top[l] = top[l] - top[l] == 0.0f ? top[l] : 0.0f;
                >])
                EACH_LANE
                    sum[l] = BEGIN_OF_SUM;
                EACH_IN_WINDOW
                    sum[l] = ADDED;
                EACH_LANE
                    to[l] = RESULT;
            }
}
