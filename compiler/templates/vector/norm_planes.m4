m4_dnl Normalisation of planar tensors, over GROUPS runs of COUNT numbers that lie side by side: LN over the image, GN,
m4_dnl and IN, of which each map is a run. A run is read in pieces of at most PIECE numbers, which stay in the first
m4_dnl level of cache: the mean of a piece comes first, then the squares of what deviates from it, and both join those
m4_dnl of the pieces before. Then come RUN_MAPS times PIXELS numbers, each time with a factor and a summand. The result
m4_dnl may lie where the input lies.
ASSERT([<GROUPS >= 1 && COUNT == RUN_MAPS * PIXELS && PIECE >= 1>])m4_dnl
m4_define([<WHOLE>], m4_eval(PIXELS / LANES * LANES))m4_dnl
m4_define([<REST>], m4_eval(PIXELS % LANES))m4_dnl
m4_dnl SUM_OF(name, term): of the numbers p, in a vector and what is left.
m4_define([<SUM_OF>], [<m4_dnl
VECTOR SEPARATED([<, >], [<I>], 4, [<$1[<>]I = {0}>]);
    int i_$1 = 0;
    for (; i_$1 + m4_eval(4 * LANES) <= count; i_$1 += m4_eval(4 * LANES)) {
        FOR([<I>], 4, [<
            { const VECTOR p = LOAD_AT(AT(from + i_$1, I * LANES)); $1[<>]I += $2; }
        >])
    }
    for (; i_$1 + LANES <= count; i_$1 += LANES) {
        const VECTOR p = LOAD_AT(from + i_$1);
        $1[<>]0 += $2;
    }
    VECTOR all_$1 = ($1[<>]0 + $1[<>]1) + ($1[<>]2 + $1[<>]3);
    TOTAL([<all_$1>], [<SUMS_OF_PAIRS>])
    float $1 = all_$1[0];
    for (; i_$1 < count; i_$1++) {
        const float p = from[i_$1];
        $1 += $3;
    }>])m4_dnl
m4_define([<CHANNEL>], [<m4_dnl
TERMS(IF(GROUPS > 1, [<TIMES(group, RUN_MAPS)>]), IF(RUN_MAPS > 1, [<map>]), IF(GROUPS * RUN_MAPS == 1, 0))>])m4_dnl
m4_define([<ELEMENT>], [<TERMS(IF(GROUPS > 1, [<STEPS(group, COUNT, GROUPS)>]), [<$1>])>])m4_dnl
m4_define([<RESULT>], [<IS(AFFINE, channel, [<p * factor + summand>],
    [<IS(AFFINE, element, [<p * factor * weight + bias>], [<p * factor>])>])>])m4_dnl
/* The mean of `count' numbers; returns the sum of the squares of what deviates from it. */
TARGET static float FUNCTION(_piece)(const float *from, int count, float *mean)
{
    SUM_OF([<sum>], [<p>], [<p>])
    const float middle = sum / (float)count;
    *mean = middle;
    SUM_OF([<square>], [<(p - middle) * (p - middle)>], [<(p - middle) * (p - middle)>])
    return square;
}

/* @about@ */
WORK([<const float *in>], IS(AFFINE, none, [<>], [<const float *restrict weights>]), [<float *out>])
{
    for (int group = FIRST_OF(GROUPS); group < END_OF(GROUPS); group++) {
        const float *from = in + STEPS([<group>], COUNT, GROUPS);
        float *to = out + STEPS([<group>], COUNT, GROUPS);
        WHEN(COUNT <= PIECE, [<
            float mean;
            const float squares = FUNCTION(_piece)(from, COUNT, &mean);
        >], [<
            float mean, squares = FUNCTION(_piece)(from, PIECE, &mean);
            for (int before = PIECE; before < COUNT; before += PIECE) {
                const int count = LIST(IF(COUNT % PIECE, [<COUNT - before < PIECE ? COUNT - before : PIECE>], PIECE));
                float middle;
                squares += FUNCTION(_piece)(from + before, count, &middle);
                const float LIST([<apart = middle - mean>], [<share = (float)count / (float)(before + count)>]);
                squares += apart * apart * share * (float)before;
                mean += apart * share;
            }
        >])
        const VECTOR root = RSQRT[<>](SPLAT(squares * (1.0f / COUNT.0f)) + EPSILON);
        IF(RUN_MAPS > 1, [<for (int map = 0; map < RUN_MAPS; map++) {>])
        AT_DEPTH(RUN_MAPS > 1, [<
            WHEN_IS(AFFINE, channel, [<
                const VECTOR factor = root * weights[CHANNEL], summand = SPLAT(weights[CHANNELS + CHANNEL]);
            >], [<
                const VECTOR factor = root;
            >])
            WHEN(WHOLE, [<
                for (int i = 0; i < WHOLE; i += LANES) {
                    const VECTOR p = LOAD_AT(from + i) - mean;
                    WHEN_IS(AFFINE, element, [<
                        const VECTOR weight = LOAD_AT(weights + ELEMENT([<i>]));
                        const VECTOR bias = LOAD_AT(weights + m4_eval(GROUPS * COUNT) + ELEMENT([<i>]));
                    >])
                    const VECTOR r = RESULT;
                    STORE_AT(to + i, VECTOR_ACTIVATE(r))
                }
            >])
            WHEN(REST, [<
                VECTOR last = {0};
                memcpy(&last, PLUS(from, WHOLE), REST * sizeof *from);
                const VECTOR p = last - mean;
                WHEN_IS(AFFINE, element, [<
                    VECTOR weight = {0}, bias = {0};
                    memcpy(&weight, weights + ELEMENT(WHOLE), REST * sizeof *weights);
                    memcpy(&bias, weights + m4_eval(GROUPS * COUNT) + ELEMENT(WHOLE), REST * sizeof *weights);
                >])
                const VECTOR r = RESULT, y = VECTOR_ACTIVATE(r);
                memcpy(PLUS(to, WHOLE), &y, REST * sizeof *to);
            >])
            IF(RUN_MAPS > 1, [<from += PIXELS;>])
            IF(RUN_MAPS > 1, [<to += PIXELS;>])
        >])
        IF(RUN_MAPS > 1, [<}>])
    }
}
SHARE([<in>], IS(AFFINE, none, [<>], [<weights>]))
