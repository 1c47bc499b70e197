m4_dnl One window of s8 that is the whole map: its maximum or mean. A mean is rounded to nearest; where its scale is not
m4_dnl the input's (RESCALED), the sum is brought to it first. EVEN: both at once, as ONNX has it.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, signed char *restrict out)
{
    for (int c = 0; c < CHANNELS; c++) {
        const signed char *map = in + c * PIXELS;
        WHEN_IS(KIND, max, [<
            int result = -128;
            for (int p = 0; p < PIXELS; p++)
                result = map[p] > result ? map[p] : result;
        >], [<
            int32_t sum = 0;
            for (int p = 0; p < PIXELS; p++)
                sum += map[p];
            WHEN(EVEN, [<
                const int result = REQUANTISE[<>](sum - m4_eval(PIXELS * ZERO), MULTIPLIER, SHIFT, OUT_ZERO, LOW, HIGH);
            >], [<
                IF(RESCALED, [<sum = RESCALE[<>](sum - m4_eval(PIXELS * ZERO), MULTIPLIER, SHIFT);>])
                int32_t result = (sum > 0 ? sum + m4_eval(PIXELS / 2) : sum - m4_eval(PIXELS / 2)) / PIXELS;
                IF(RESCALED, [<result += OUT_ZERO;>])
                result = result < LOW ? LOW : result > HIGH ? HIGH : result;
            >])
        >])
        out[c] = (signed char)result;
    }
}
