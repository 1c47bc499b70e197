m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradients of a normalisation's weights and biases, and each channel's shares of them for the gradient of its
m4_dnl input: the batch's sums of dL/dy and of dL/dy * n, divided by how many numbers were normalised together. ADDS: to
m4_dnl the gradients of another normalisation with the same weights. Where several trainers have a part of the batch,
m4_dnl all know the batch's sums, and the first one's gradients count.
/* @about@ */
WHERE void FUNCTION()(const struct @name@_trainer *trainer, const float *groups, float *weights, float *biases, m4_dnl
float *norms)
{
    const double numbers = trainer->batch * m4_eval(PIXELS).0;
    for (int c = 0; c < CHANNELS; c++) {
        double sum = 0.0, products = 0.0;
        for (int g = 0; g < trainer->groups; g++) {
            sum += (double)groups[g * (long)GROUP_STEP + 2 * c];
            products += (double)groups[g * (long)GROUP_STEP + 2 * c + 1];
        }
        if (weights)
            weights[c] IF(ADDS, [<+=>], [<=>]) trainer->first == 0 ? (float)products : 0.0f;
        if (biases)
            biases[c] IF(ADDS, [<+=>], [<=>]) trainer->first == 0 ? (float)sum : 0.0f;
        norms[m4_eval(4 * CHANNELS) + c] = (float)(sum / numbers);
        norms[m4_eval(5 * CHANNELS) + c] = (float)(products / numbers);
    }
}
