/* Losses. z are the scores of one pixel of the last layer, or of the whole picture if that is 1x1; C is their number:
 *
 *   CROSSENTROPY  -sum over c of q[c]*log p[c], p the softmax of z, q[c] = smoothing/C, and 1 - smoothing more for the
 *                 right class
 *   HINGE         sum over the wrong classes c of max(0, margin + z[c] - z[right])
 *   MSE           mean over c of (z[c] - t[c])^2
 *   MAE           mean over c of |z[c] - t[c]|
 *   BCE           mean over c of -t[c]*log s[c] - (1 - t[c])*log(1 - s[c]), s the sigmoid of z
 *
 * and the mean of that over pixels and pictures. A picture of a MIXUP has the class losses of both its classes, in
 * shares. Where the network ends in a SOFTMAX or LOGSOFTMAX, the scores of CROSSENTROPY are what goes into it; where it
 * ends in a SIGMOID, the same goes for BCE. */
#include <math.h>

#include "reference/learning.h"

const struct node *loss_scores(enum reference_loss kind, const struct node *output)
{
    while (node_is_mark(output))
        output = output->inputs[0];
    bool probabilities = output->kind == LAYER_SOFTMAX || output->kind == LAYER_LOGSOFTMAX;
    bool contained = (kind == REFERENCE_CROSSENTROPY && probabilities) ||
                     (kind == REFERENCE_BCE && output->kind == LAYER_SIGMOID);
    return contained ? output->inputs[0] : output;
}

/* The scores of a pixel, which are `step` apart, and the derivatives by them, or NULL. The loss that is added up is
 * multiplied with `factor`. */
struct scores {
    const double *z;
    double *d;
    int64_t count, step;
    double factor;
};

static void add_derivative(const struct scores *scores, int64_t c, double derivative)
{
    if (scores->d)
        scores->d[c * scores->step] += scores->factor * derivative;
}

/* log of the sum over c of exp(z[c]) */
static double log_sum_exp(const struct scores *scores)
{
    double largest = -INFINITY, sum = 0;
    for (int64_t c = 0; c < scores->count; c++)
        largest = fmax(largest, scores->z[c * scores->step]);
    for (int64_t c = 0; c < scores->count; c++)
        sum += exp(scores->z[c * scores->step] - largest);
    return largest + log(sum);
}

/* log p[c] = z[c] - l, d_z[c] = p[c] - q[c] */
static double crossentropy(const struct scores *scores, double smoothing, int64_t right)
{
    double l = log_sum_exp(scores), loss = 0;
    for (int64_t c = 0; c < scores->count; c++) {
        double q = smoothing / (double)scores->count + (c == right ? 1 - smoothing : 0);
        double log_p = scores->z[c * scores->step] - l;
        loss -= q * log_p;
        add_derivative(scores, c, exp(log_p) - q);
    }
    return loss * scores->factor;
}

/* d_z[c] = 1 and d_z[right] -= 1 for each wrong class with a loss */
static double hinge(const struct scores *scores, double margin, int64_t right)
{
    double loss = 0;
    for (int64_t c = 0; c < scores->count; c++) {
        double excess = margin + scores->z[c * scores->step] - scores->z[right * scores->step];
        if (c == right || !(excess > 0))
            continue;
        loss += excess;
        add_derivative(scores, c, 1);
        add_derivative(scores, right, -1);
    }
    return loss * scores->factor;
}

/* MSE: d_z = 2*(z - t). MAE: d_z = 1, -1, or 0 where they are equal. BCE: d_z = s - t. */
static double difference(const struct scores *scores, enum reference_loss kind, int64_t i, double t)
{
    double z = scores->z[i], s = z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));
    switch (kind) {
    case REFERENCE_MSE: add_derivative(scores, i, 2 * (z - t)); return (z - t) * (z - t) * scores->factor;
    case REFERENCE_MAE: add_derivative(scores, i, z > t ? 1 : z < t ? -1 : 0); return fabs(z - t) * scores->factor;
    default: /* -log s = log(1 + exp(-z)), -log(1 - s) = z - log s */
        add_derivative(scores, i, s - t);
        return (fmax(z, 0) - z * t + log1p(exp(-fabs(z)))) * scores->factor;
    }
}

static double class_loss(const struct reference_learning *learning, struct scores scores, double share, int32_t right)
{
    scores.factor *= share;
    return learning->kind == REFERENCE_HINGE ? hinge(&scores, learning->margin, right)
                                             : crossentropy(&scores, learning->smoothing, right);
}

/* `all`: the scores of the batch. Pixel i of the batch has the classes at i. */
static double class_losses(const struct reference_learning *learning, const struct reference_target *target,
                           struct shape shape, int64_t count, const struct scores *all)
{
    int64_t pixels = shape.h * shape.w;
    double loss = 0;
    for (int64_t i = 0; i < count * pixels; i++) {
        int64_t first = i / pixels * shape.c * pixels + i % pixels;
        struct scores scores = {all->z + first, all->d ? all->d + first : NULL, shape.c, pixels,
                                all->factor / (double)(count * pixels)};
        double share = target->others ? target->shares[i / pixels] : 1;
        loss += class_loss(learning, scores, share, target->classes[i]);
        if (target->others)
            loss += class_loss(learning, scores, 1 - share, target->others[i]);
    }
    return loss;
}

double loss_of(const struct reference_learning *learning, const struct reference_target *target, struct shape shape,
               int64_t count, const double *scores, double factor, double *d_scores)
{
    int64_t numbers = count * shape_elements(shape);
    struct scores all = {scores, d_scores, numbers, 1, factor};
    if (learning->kind == REFERENCE_CROSSENTROPY || learning->kind == REFERENCE_HINGE)
        return class_losses(learning, target, shape, count, &all);
    double loss = 0;
    all.factor /= (double)numbers;
    for (int64_t i = 0; i < numbers; i++)
        loss += difference(&all, learning->kind, i, target->numbers[i]);
    return loss;
}
