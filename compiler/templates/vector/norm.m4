m4_include([<vector/lanes.m4>])m4_dnl
m4_dnl Normalisation over GROUP neighbouring channels of a blocked tensor and all their pixels: IN, GN, and LN over the
m4_dnl image. UNIT blocks hold whole groups. The mean comes first, then the mean square of what deviates from it; each
m4_dnl row's sum is added to the map's, so that long sums stay exact. The result may lie where the input lies.
ASSERT([<UNIT >= 1 && UNIT <= BLOCKS && (GROUP <= UNIT * BLOCK || UNIT == BLOCKS) && COUNT >= 1>])m4_dnl
m4_define([<ONE_GROUP>], m4_eval(GROUP >= CHANNELS || GROUP % BLOCK == 0 && GROUP == UNIT * BLOCK))m4_dnl
m4_define([<END_OF_UNIT>],
    [<IF(BLOCKS % UNIT, [<(first + UNIT < BLOCKS ? first + UNIT : BLOCKS)>], [<first + UNIT>])>])m4_dnl
m4_define([<CHANNELS_OF_UNIT>], [<IF(UNIT >= BLOCKS, CHANNELS, [<IF(CHANNELS % (UNIT * BLOCK), [<m4_dnl
(CHANNELS - first * BLOCK < m4_eval(UNIT * BLOCK) ? CHANNELS - first * BLOCK : m4_eval(UNIT * BLOCK))>],
    [<m4_eval(UNIT * BLOCK)>])>])>])m4_dnl
m4_dnl
m4_dnl SUM_OF(to, term): of each channel, the sum of the terms of its numbers p.
m4_define([<SUM_OF>], [<m4_dnl
for (int block = first; block < end; block++) {
            REAL_OF([<block>], BLOCKS)
            for (int lane = 0; lane < BLOCK; lane += LANES) {
                const int at = IF(UNIT > 1, [<(block - first) * BLOCK + >])lane;
                VECTOR sum = {0};
                for (int y = 0; y < ROWS; y++) {
                    const float *x = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + lane;
                    VECTOR a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
                    int i = 0;
                    for (; i + 4 <= COLUMNS; i += 4, x += m4_eval(4 * BLOCK)) {
                        FOR([<I>], 4, [<
                            { const VECTOR p = LOAD(AT(x, I * BLOCK))$2; a[<>]I += TERM_$1; }
                        >])
                    }
                    for (; i < COLUMNS; i++, x += BLOCK) {
                        const VECTOR p = LOAD(x)$2;
                        a0 += TERM_$1;
                    }
                    sum += (a0 + a1) + (a2 + a3);
                }
                STORE($1 + at, REAL(sum, lane))
            }
        }>])m4_dnl
m4_define([<TERM_mean>], [<p>])m4_dnl
m4_define([<TERM_scale>], [<p * p>])m4_dnl
m4_dnl MEAN_OF(sums): each group's sum, divided by the count of its numbers, in place of those of its channels.
m4_define([<MEAN_OF>], [<m4_dnl
WHEN(ONE_GROUP, [<
            VECTOR total_$1 = {0};
            for (int i = 0; i < (end - first) * BLOCK; i += LANES)
                total_$1 += LOAD($1 + i);
            TOTAL([<total_$1>], [<SUMS_OF_PAIRS>])
            total_$1 *= 1.0f / COUNT.0f;
            for (int i = 0; i < (end - first) * BLOCK; i += LANES)
                STORE($1 + i, total_$1)
        >])
        WHEN(!ONE_GROUP && GROUP == 1, [<
            for (int i = 0; i < m4_eval(UNIT * BLOCK); i += LANES)
                STORE($1 + i, LOAD($1 + i) * (1.0f / COUNT.0f))
        >])
        WHEN(!ONE_GROUP && GROUP > 1, [<
            for (int from = 0; from < CHANNELS_OF_UNIT; from += GROUP) {
                float total = 0.0f;
                for (int i = from; i < from + GROUP; i++)
                    total += $1[i];
                for (int i = from; i < from + GROUP; i++)
                    $1[i] = total * (1.0f / COUNT.0f);
            }
        >])>])m4_dnl
m4_dnl The weights of a channel, or (AFFINE element) of each number, in the order of a tensor without halo.
m4_define([<WEIGHT_AT>], [<weights + STEPS([<block>], ROWS * COLUMNS * BLOCK, BLOCKS) + m4_dnl
m4_eval(COLUMNS * BLOCK) * y + x * BLOCK + lane>])m4_dnl
m4_define([<BIAS_AT>], [<weights + m4_eval(ROWS * COLUMNS * BLOCKS * BLOCK) + m4_dnl
STEPS([<block>], ROWS * COLUMNS * BLOCK, BLOCKS) + m4_eval(COLUMNS * BLOCK) * y + x * BLOCK + lane>])m4_dnl
m4_define([<RESULT>], [<IS(AFFINE, channel, [<p * factor + summand>],
                           [<IS(AFFINE, element, [<p * factor * LOAD(WEIGHT_AT) + LOAD(BIAS_AT)>],
                           [<p * factor>])>])>])m4_dnl
/* @about@ */
WORK([<const float *in>], IS(AFFINE, none, [<>], [<const float *restrict weights>]), [<float *out>])
{
    REAL_TABLE
    ZERO_HALO(BLOCKS)
    for (int unit = FIRST_OF(CEILING(BLOCKS, UNIT)); unit < END_OF(CEILING(BLOCKS, UNIT)); unit++) {
        const int first = TIMES(unit, UNIT), end = END_OF_UNIT;
        float mean[m4_eval(UNIT * BLOCK)] __attribute__((aligned(64)));
        float scale[m4_eval(UNIT * BLOCK)] __attribute__((aligned(64)));
        SUM_OF([<mean>])
        MEAN_OF([<mean>])
        SUM_OF([<scale>], [< - LOAD(mean + at)>])
        MEAN_OF([<scale>])
        for (int block = first; block < end; block++) {
            REAL_OF([<block>], BLOCKS)
            for (int lane = 0; lane < BLOCK; lane += LANES) {
                const int at = IF(UNIT > 1, [<(block - first) * BLOCK + >])lane;
                const VECTOR middle = LOAD(mean + at), root = RSQRT[<>](LOAD(scale + at) + EPSILON);
                WHEN_IS(AFFINE, channel, [<
                    const VECTOR factor = REAL(root, lane) * LOAD(weights + block * BLOCK + lane);
                    const VECTOR summand = LOAD(weights + m4_eval(BLOCKS * BLOCK) + block * BLOCK + lane);
                >], [<
                    const VECTOR factor = REAL(root, lane);
                >])
                for (int y = 0; y < ROWS; y++) {
                    const float *from = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + lane;
                    float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + lane;
                    for (int x = 0; x < COLUMNS; x++) {
                        const VECTOR p = LOAD(from + x * BLOCK) - middle;
                        const VECTOR r = RESULT;
                        STORE(to + x * BLOCK, VECTOR_ACTIVATE(r))
                    }
                }
            }
        }
    }
}
SHARE([<in>], IS(AFFINE, none, [<>], [<weights>]))
