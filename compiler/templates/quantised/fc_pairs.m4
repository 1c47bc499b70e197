m4_dnl A fully connected layer of s8 for one instruction set: as quantised/fc.m4, a vector of numbers at a time.
m4_include([<quantised/words.m4>])m4_dnl
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1>])m4_dnl
m4_define([<STEP_16>], [<m4_eval(BYTES / 2)>])m4_dnl
m4_define([<WHOLE>], [<m4_eval(IN_COUNT / STEP_16 * STEP_16)>])m4_dnl
/* @about@ */
static TARGET void @function@_[<>]ISA[<>](const signed char *restrict in, const signed char *restrict weights,
                                      const int32_t *restrict channels, signed char *restrict out)
{
    typedef signed char bytes __attribute__((vector_size(STEP_16), aligned(1), may_alias));
    for (int k = 0; k < OUT_C; k++) {
        const signed char *w = weights + k * IN_COUNT;
        int32_t sum = CHANNEL_FIRST([<k>]);
        PAIRS[<>]_s32 sums = {0};
        for (int i = 0; i < WHOLE; i += STEP_16) {
            const PAIRS[<>]_s16 a = __builtin_convertvector(*(const bytes *)(w + i), PAIRS[<>]_s16);
            const PAIRS[<>]_s16 b = __builtin_convertvector(*(const bytes *)(in + i), PAIRS[<>]_s16);
            sums += PAIRS[<>]_dot(a, b);
        }
        for (int i = 0; i < m4_eval(BYTES / 4); i++)
            sum += sums[i];
        WHEN(WHOLE < IN_COUNT, [<
            for (int i = WHOLE; i < IN_COUNT; i++)
                sum += w[i] * in[i];
        >])
        out[k] = RESULT([<sum>], [<CHANNEL_MULTIPLIER([<k>])>], [<CHANNEL_SHIFT([<k>])>]);
    }
}
