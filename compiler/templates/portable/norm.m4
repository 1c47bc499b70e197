m4_dnl Normalisation over GROUPS runs of COUNT numbers that lie side by side: LN over everything, IN over
m4_dnl each map, GN over each group of maps. The result may lie where the input lies.
ASSERT([<GROUPS >= 1 && COUNT >= 1 && LANES >= 1>])m4_dnl
m4_dnl ADD_TO(sum, term): adds up the terms of a run, those of whole LANES in as many parts.
m4_define([<ADD_TO>], [<m4_dnl
WHEN(LANES > 1, [<
            float part_$1[LANES] = {0.0f};
            for (int i = 0; i < WHOLE; i += LANES)
                for (int j = 0; j < LANES; j++)
                    part_$1[j] += $2([<i + j>]);
            for (int j = 0; j < LANES; j++)
                $1 += part_$1[j];
        >])
        WHEN(WHOLE < COUNT, [<
            for (int i = WHOLE; i < COUNT; i++)
                $1 += $2([<i>]);
        >])>])m4_dnl
m4_define([<VALUE>], [<from[$1]>])m4_dnl
m4_define([<SQUARE>], [<(from[$1] - mean) * (from[$1] - mean)>])m4_dnl
m4_define([<NORMALISED>], [<(from[i] - mean) * scale>])m4_dnl
m4_define([<WEIGHT>], [<IS(AFFINE, element, [<g * COUNT + i>], [<(g * COUNT + i) / PIXELS>])>])m4_dnl
m4_define([<SCALED>], [<weights[WEIGHT] * (NORMALISED) + bias[WEIGHT]>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *in>], IS(AFFINE, none, [<>], [<const float *restrict weights>]),
                            [<float *out>]))
{
    IS(AFFINE, none, [<>], [<const float *bias = weights + WEIGHT_COUNT;>])
    for (int g = 0; g < GROUPS; g++) {
        const float *from = in + g * COUNT;
        float *to = out + g * COUNT, mean = 0.0f, variance = 0.0f;
        ADD_TO([<mean>], [<VALUE>])
        mean /= COUNT.0f;
        ADD_TO([<variance>], [<SQUARE>])
        const float scale = 1.0f / sqrtf(variance / COUNT.0f + EPSILON);
        for (int i = 0; i < COUNT; i++)
            to[i] = IS(AFFINE, none, [<NORMALISED>], [<SCALED>]);
    }
}
