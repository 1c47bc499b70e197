m4_include([<train/train.m4>])m4_dnl
m4_dnl Weights of a convolution, or their gradients, with zeros for the maps that a filter does not read: bit c of its
m4_dnl WORDS words says whether it reads map c. The result may take the place of what it is made from.
/* @about@ */
WHERE void FUNCTION()(const float *in, float *out)
{
    static const uint32_t reads[m4_eval(FILTERS * WORDS)] = {CONNECTED};
    for (int k = 0; k < FILTERS; k++)
        for (int c = 0; c < CHANNELS; c++) {
            const int first = (k * CHANNELS + c) * TAPS;
            const uint32_t read = reads[IF(WORDS > 1, [<k * WORDS + c / 32>], [<k>])] >> m4_dnl
IF(WORDS > 1, [<c % 32>], [<c>]) & 1;
            for (int i = first; i < first + TAPS; i++)
                out[i] = read ? in[i] : 0.0f;
        }
}
