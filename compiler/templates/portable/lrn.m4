m4_dnl Local response normalisation across channels: the squares of channels c - BEFORE to c + AFTER,
m4_dnl of those that exist.
ASSERT([<CHANNELS >= 1 && PIXELS >= 1 && BEFORE >= 0 && AFTER >= 0>])m4_dnl
m4_define([<FIRST_OF_WINDOW>], [<c < BEFORE ? 0 : MINUS([<c>], BEFORE)>])m4_dnl
m4_define([<LAST_OF_WINDOW>], [<MINUS(CHANNELS, AFTER) > c ? PLUS([<c>], AFTER) : LAST_CHANNEL>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, float *restrict out)
{
    for (int c = 0; c < CHANNELS; c++) {
        const int first = FIRST_OF_WINDOW, last = LAST_OF_WINDOW;
        for (int p = 0; p < PIXELS; p++) {
            float squares = 0.0f;
            for (int j = first; j <= last; j++)
                squares += in[j * PIXELS + p] * in[j * PIXELS + p];
            out[c * PIXELS + p] = in[c * PIXELS + p] / powf(LRN_K + ALPHA_PER_SIZE * squares, BETA);
        }
    }
}
