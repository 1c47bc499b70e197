m4_dnl One window of s8 that is the whole map, for one instruction set, channels side by side: as
m4_dnl quantised/pool_global.m4.
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<CHANNELS % 16 == 0 && PIXELS >= 1>])m4_dnl
/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, signed char *restrict out)
{
    WHEN_IS(KIND, max, [<
        typedef signed char sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    >])
    for (int c = 0; c < CHANNELS; c += 16) {
        const signed char *from = in + c;
        WHEN_IS(KIND, max, [<
            sixteen result = *(const sixteen *)from;
            for (int p = 1; p < PIXELS; p++) {
                const sixteen one = *(const sixteen *)(from + p * CHANNELS), larger = one > result;
                result = (one & larger) | (result & ~larger);
            }
            *(sixteen *)(out + c) = result;
        >], [<
            union {
                S32 vectors[BLOCK_VECTORS];
                int32_t numbers[16];
            } sums;
EACH([<V>], BLOCK_VECTORS, [<        S32 sum[<>]V = {0};
>])m4_dnl
            for (int p = 0; p < PIXELS; p++, from += CHANNELS) {
EACH([<V>], BLOCK_VECTORS, [<            sum[<>]V += INT[<>]_wide(from + m4_eval(V * LANES_32));
>])m4_dnl
            }
EACH([<V>], BLOCK_VECTORS, [<        sums.vectors[V] = sum[<>]V;
>])m4_dnl
            for (int k = 0; k < 16; k++) {
                int32_t sum = sums.numbers[k];
                IF(RESCALED, [<sum = RESCALE[<>](sum - m4_eval(PIXELS * ZERO), MULTIPLIER, SHIFT);>])
                int32_t result = (sum > 0 ? sum + m4_eval(PIXELS / 2) : sum - m4_eval(PIXELS / 2)) / PIXELS;
                IF(RESCALED, [<result += OUT_ZERO;>])
                out[c + k] = (signed char)(result < LOW ? LOW : result > HIGH ? HIGH : result);
            }
        >])
    }
}
