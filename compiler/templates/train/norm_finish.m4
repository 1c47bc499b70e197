m4_include([<train/train.m4>])m4_dnl
m4_dnl From the groups' statistics those of the batch, the running ones, and the factor and summand of each channel:
m4_dnl y = w*(x - mean)/sqrt(variance + EPSILON) + b = factor*x + summand. In evaluation, from the running ones.
/* @about@ */
WHERE void FUNCTION()(const struct @name@_trainer *trainer, int training, const float *groups, m4_dnl
float *weights, float *biases, float *means, float *variances, float *norms)
{
    const double numbers = trainer->batch * m4_eval(PIXELS).0;
    for (int c = 0; c < CHANNELS; c++) {
        double mean = means[c], variance = variances[c];
        if (training) {
            double sum = 0.0, squares = 0.0;
            for (int g = 0; g < trainer->groups; g++)
                sum += (double)groups[g * (long)GROUP_STEP + 2 * c] * @name@_images(trainer, g);
            mean = sum / trainer->batch;
            for (int g = 0; g < trainer->groups; g++) {
                const double apart = (double)groups[g * (long)GROUP_STEP + 2 * c] - mean;
                squares += (double)groups[g * (long)GROUP_STEP + 2 * c + 1] + m4_dnl
apart * apart * @name@_images(trainer, g) * m4_eval(PIXELS).0;
            }
            variance = squares / numbers;
            means[c] += 0.1f * ((float)mean - means[c]);
            if (numbers > 1.0)
                variances[c] += 0.1f * ((float)(squares / (numbers - 1.0)) - variances[c]);
        }
        const double inverse = 1.0 / sqrt(variance + (double)EPSILON);
        const double factor = IF(WEIGHTED, [<(double)weights[c] * inverse>], [<inverse>]);
        norms[c] = (float)mean;
        norms[m4_eval(CHANNELS) + c] = (float)inverse;
        norms[m4_eval(2 * CHANNELS) + c] = (float)factor;
        norms[m4_eval(3 * CHANNELS) + c] = (float)(IF(BIASED, [<(double)biases[c]>], [<0.0>]) - mean * factor);
    }
    IF(WEIGHTED, [<>], [<(void)weights;>])
    IF(BIASED, [<>], [<(void)biases;>])
}
