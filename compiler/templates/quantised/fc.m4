m4_dnl A fully connected layer of s8.
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, const signed char *restrict weights,
                       const int32_t *restrict channels, signed char *restrict out)
{
    for (int k = 0; k < OUT_C; k++) {
        const signed char *w = weights + k * IN_COUNT;
        int32_t sum = CHANNEL_FIRST([<k>]);
        for (int i = 0; i < IN_COUNT; i++)
            sum += w[i] * in[i];
        out[k] = RESULT([<sum>], [<CHANNEL_MULTIPLIER([<k>])>], [<CHANNEL_SHIFT([<k>])>]);
    }
}
