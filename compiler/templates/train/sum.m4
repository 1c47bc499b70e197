m4_include([<train/train.m4>])m4_dnl
m4_dnl Adds up the gradients of a weight tensor, one of each shard, in their order: a part of them. COUNT numbers in
m4_dnl PyTorch's order [FILTERS][CHANNELS][TAPS]; the shards keep channels, or filters, side by side, unless they are
m4_dnl PLAIN. The loop over a line is one that compilers turn into vectors at -O2.
m4_define([<FROM>], [<IF(PLAIN, [<i>], [<IF(BY_INPUTS, [<(k * TAPS + t) * PADDED + c>], m4_dnl
[<(c * TAPS + t) * PADDED + k>])>])>])m4_dnl
m4_define([<SUM_LINE>], 16)m4_define([<WHOLE_LINES>], m4_eval(COUNT / SUM_LINE))m4_dnl
m4_define([<PART_OF>], [<(int)((int64_t)$1 * ($2) / parts)>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict from, long step, int shards, m4_dnl
float *restrict out, int part, int parts)
{
    WHEN(PLAIN, [<
        WHEN(WHOLE_LINES, [<
            for (int n = PART_OF(WHOLE_LINES, part); n < PART_OF(WHOLE_LINES, part + 1); n++) {
                const float *x = from + n * SUM_LINE;
                float *const to = out + n * SUM_LINE;
                for (int l = 0; l < SUM_LINE; l++)
                    to[l] = x[l];
                for (int s = 1; s < shards; s++) {
                    x += step;
                    for (int l = 0; l < SUM_LINE; l++)
                        to[l] += x[l];
                }
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
    >], [<
        out += PART_OF(FILTERS, part) * (long)m4_eval(CHANNELS * TAPS);
        for (int k = PART_OF(FILTERS, part); k < PART_OF(FILTERS, part + 1); k++)
            for (int c = 0; c < CHANNELS; c++)
                for (int t = 0; t < TAPS; t++) {
                    const int i = FROM;
                    float sum = from[i];
                    for (int s = 1; s < shards; s++)
                        sum += from[s * step + i];
                    *out++ = sum;
                }
    >])
}
