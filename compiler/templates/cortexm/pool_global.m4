m4_dnl One window of s8 that is the whole map, by pixels: as quantised/pool_global.m4.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, signed char *restrict out)
{
    for (int c = 0; c < CHANNELS; c++) {
        WHEN_IS(KIND, max, [<
            int result = -128;
            for (int p = 0; p < PIXELS; p++)
                result = in[TIMES([<p>], CHANNELS) + c] > result ? in[TIMES([<p>], CHANNELS) + c] : result;
        >], [<
            int32_t sum = 0;
            for (int p = 0; p < PIXELS; p++)
                sum += in[TIMES([<p>], CHANNELS) + c];
            IF(RESCALED, [<sum = RESCALE[<>](sum - m4_eval(PIXELS * ZERO), MULTIPLIER, SHIFT);>])
            int32_t result = (sum > 0 ? sum + m4_eval(PIXELS / 2) : sum - m4_eval(PIXELS / 2)) / PIXELS;
            IF(RESCALED, [<result += OUT_ZERO;>])
            result = result < LOW ? LOW : result > HIGH ? HIGH : result;
        >])
        out[c] = (signed char)result;
    }
}
