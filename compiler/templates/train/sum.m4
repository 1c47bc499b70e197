m4_include([<train/train.m4>])m4_dnl
m4_dnl Adds up the gradients of a weight tensor, one of each shard, in their order: a part of them. COUNT numbers in
m4_dnl PyTorch's order [FILTERS][CHANNELS][TAPS]; the shards keep channels, or filters, side by side, unless they are
m4_dnl PLAIN. Loops over a line of SUM_LINE numbers are such that compilers turn them into vectors at -O2.
m4_define([<SUM_LINE>], 16)m4_define([<WHOLE_LINES>], m4_eval(COUNT / SUM_LINE))m4_dnl
m4_define([<PART_OF>], [<(int)((int64_t)$1 * ($2) / parts)>])m4_dnl
m4_define([<TIMES_TAPS>], [<TIMES([<$1>], TAPS)>])m4_dnl
m4_dnl ADD_SHARDS(to): a line from x on, of all shards.
m4_define([<ADD_SHARDS>], [<for (int l = 0; l < SUM_LINE; l++)
                    $1[<>][l] = x[l];
                for (int s = 1; s < shards; s++) {
                    x += step;
                    for (int l = 0; l < SUM_LINE; l++)
                        $1[<>][l] += x[l];
                }>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict from, long step, int shards, float *restrict out, int part, int parts)
{
    WHEN(PLAIN, [<
        WHEN(WHOLE_LINES, [<
            for (int n = PART_OF(WHOLE_LINES, part); n < PART_OF(WHOLE_LINES, part + 1); n++) {
                const float *x = from + n * SUM_LINE;
                float *const to = out + n * SUM_LINE;
                ADD_SHARDS(to)
            }
        >])
        WHEN(WHOLE_LINES * SUM_LINE < COUNT, [<
            for (int i = m4_eval(WHOLE_LINES * SUM_LINE); part + 1 == parts && i < COUNT; i++) {
                float sum = from[i];
                for (int s = 1; s < shards; s++)
                    sum += from[s * step + i];
                out[i] = sum;
            }
        >])
    >])
    WHEN(!PLAIN && BY_INPUTS, [<
        for (int k = PART_OF(FILTERS, part); k < PART_OF(FILTERS, part + 1); k++)
            for (int c = 0; c < CHANNELS; c += SUM_LINE) {
                const int count = SMALLER(SUM_LINE, CHANNELS - c);
                float *const to = out + k * (long)m4_eval(CHANNELS * TAPS) + TIMES_TAPS([<c>]);
                float sums[TAPS][SUM_LINE];
                for (int t = 0; t < TAPS; t++) {
                    const float *x = from + (TIMES_TAPS([<k>]) + t) * (long)PADDED + c;
                    ADD_SHARDS([<sums[t]>])
                }
                for (int l = 0; l < count; l++)
                    for (int t = 0; t < TAPS; t++)
                        to[TIMES_TAPS([<l>]) + t] = sums[t][l];
            }
    >])
    WHEN(!PLAIN && !BY_INPUTS, [<
        for (int b = PART_OF(m4_eval((FILTERS + SUM_LINE - 1) / SUM_LINE), part); m4_dnl
b < PART_OF(m4_eval((FILTERS + SUM_LINE - 1) / SUM_LINE), part + 1); b++)
            for (int i = 0; i < m4_eval(CHANNELS * TAPS); i++) {
                const int count = SMALLER(SUM_LINE, FILTERS - b * SUM_LINE);
                const float *x = from + i * (long)PADDED + b * SUM_LINE;
                float *const to = out + b * (long)m4_eval(SUM_LINE * CHANNELS * TAPS) + i;
                float sums[SUM_LINE];
                ADD_SHARDS(sums)
                for (int l = 0; l < count; l++)
                    to[l * m4_eval(CHANNELS * TAPS)] = sums[l];
            }
    >])
}
