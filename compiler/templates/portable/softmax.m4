m4_dnl SOFTMAX and LOGSOFTMAX along the channels of each pixel. The largest number is taken off first,
m4_dnl so that no exponential overflows. The result may lie where the input lies.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1>])m4_dnl
/* @about@ */
static void @function@(const float *in, float *out)
{
    for (int p = 0; p < PIXELS; p++) {
        float largest = in[p], sum = 0.0f;
        for (int c = 1; c < CHANNELS; c++)
            largest = in[TIMES([<c>], PIXELS) + p] > largest ? in[TIMES([<c>], PIXELS) + p] : largest;
        for (int c = 0; c < CHANNELS; c++) {
            IF(LOGARITHM, [<sum += expf(in[TIMES([<c>], PIXELS) + p] - largest);>], [<const float e = expf(in[TIMES([<c>], PIXELS) + p] - largest);
            out[TIMES([<c>], PIXELS) + p] = e;
            sum += e;>])
        }
        IF(LOGARITHM, [<const float shift = logf(sum);>])
        for (int c = 0; c < CHANNELS; c++)
            IF(LOGARITHM, [<out[TIMES([<c>], PIXELS) + p] = in[TIMES([<c>], PIXELS) + p] - largest - shift;>], [<out[TIMES([<c>], PIXELS) + p] /= sum;>])
    }
}
