m4_dnl SOFTMAX and LOGSOFTMAX along the channels of each pixel. The largest number is taken off first,
m4_dnl so that no exponential overflows. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
m4_define([<PLACE>], [<TIMES([<c>], PIXELS) + p>])m4_dnl
/* @about@ */
static void @function@(const float *in, float *out)
{
    for (int p = 0; p < PIXELS; p++) {
        float largest = in[p], sum = 0.0f;
        for (int c = 1; c < CHANNELS; c++)
            largest = in[PLACE] > largest ? in[PLACE] : largest;
        for (int c = 0; c < CHANNELS; c++) {
            WHEN(LOGARITHM, [<
                sum += expf(in[PLACE] - largest);
            >], [<
                const float e = expf(in[PLACE] - largest);
                out[PLACE] = e;
                sum += e;
            >])
        }
        IF(LOGARITHM, [<const float shift = logf(sum);>])
        for (int c = 0; c < CHANNELS; c++)
            IF(LOGARITHM, [<out[PLACE] = in[PLACE] - largest - shift;>], [<out[PLACE] /= sum;>])
    }
}
