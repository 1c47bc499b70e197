m4_include([<train/train.m4>])m4_dnl
m4_dnl Adds up the gradients of a weight tensor, one of each shard, in their order. COUNT numbers in PyTorch's order
m4_dnl [FILTERS][CHANNELS][TAPS]; the shards keep channels, or filters, side by side, unless they are PLAIN.
m4_define([<FROM>], [<IF(PLAIN, [<i>], [<IF(BY_INPUTS, [<(k * TAPS + t) * PADDED + c>], m4_dnl
[<(c * TAPS + t) * PADDED + k>])>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict from, long step, int shards, float *restrict out)
{
    WHEN(PLAIN, [<
        for (int i = 0; i < COUNT; i++) {
            float sum = from[i];
            for (int s = 1; s < shards; s++)
                sum += from[s * step + i];
            out[i] = sum;
        }
    >], [<
        for (int k = 0; k < FILTERS; k++)
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
