m4_dnl A fully connected layer of s8, whose inputs lie by pixels.
ASSERT([<IN_COUNT >= 1 && OUT_C >= 1 && FILTERS <= OUT_C>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const signed char *weights, const int32_t *factors, signed char *out)
{
    for (int k = 0; k < OUT_C; STEP(k, FILTERS)) {
        const int filter = LAST(k, FILTERS, OUT_C);
        QUADS[<>](in, weights + TIMES([<k>], m4_eval((IN_COUNT + 3) / 4 * 4)), m4_dnl
factors + 4 * filter, out + filter, IN_COUNT);
    }
}

