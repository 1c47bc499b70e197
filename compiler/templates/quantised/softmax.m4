m4_dnl SOFTMAX of s8 along the channels of each pixel; the result's scale is 1/256 and its zero point -128. Entry d +
m4_dnl 255 of the table is the exponential of a difference of d steps, 31 bits behind the point; sums have 19, so that
m4_dnl 4096 ones fit. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<PLACE>], [<TIMES([<c>], PIXELS) + p>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const int32_t *restrict exponentials, signed char *out)
{
    for (int p = 0; p < PIXELS; p++) {
        int largest = in[p], bits;
        int32_t sum = 0;
        for (int c = 1; c < CHANNELS; c++)
            largest = in[PLACE] > largest ? in[PLACE] : largest;
        for (int c = 0; c < CHANNELS; c++)
            sum += DIVIDE[<>](exponentials[in[PLACE] - largest + 255], 12);
        const int32_t reciprocal = RECIPROCAL[<>](sum, &bits);
        for (int c = 0; c < CHANNELS; c++) {
            const int32_t e = exponentials[in[PLACE] - largest + 255];
            const int32_t share = DIVIDE[<>](PRODUCT[<>](reciprocal, e), bits + 23) - 128;
            out[PLACE] = (signed char)(share > 127 ? 127 : share);
        }
    }
}
