/* Losses as PyTorch defines them (CrossEntropyLoss, MSELoss, L1Loss, BCELoss and BCEWithLogitsLoss; HINGE is
 * MultiMarginLoss without its division by the number of classes), the mean over an image's pixels or numbers, in double
 * precision. Only `evaluate` needs them here: in
 * training, generated code returns the loss. */
#include "measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int cnn_loss_takes_labels(int32_t loss)
{
    return loss == CNN_CROSSENTROPY || loss == CNN_HINGE;
}

int cnn_loss_has_answers(int32_t loss)
{
    return cnn_loss_takes_labels(loss) || loss == CNN_BCE;
}

int cnn_result_begin(struct result *result, const struct cnn_trainee *trainee, int with_confusion, struct trouble *t)
{
    memset(result, 0, sizeof *result);
    result->classes = cnn_loss_takes_labels(trainee->recipe->loss) ? trainee->output->channels : 0;
    if (!with_confusion || result->classes == 0 || result->classes > MOST_CONFUSED)
        return 0;
    const size_t classes = (size_t)result->classes;
    result->confusion = (int64_t *)cnn_heap(classes * classes, sizeof *result->confusion, t);
    return result->confusion ? 0 : -1;
}

void cnn_result_end(struct result *result)
{
    free(result->confusion);
    result->confusion = NULL;
}

/* A pixel's outputs: `classes` numbers, `apart` floats from one to the next. */
struct scores {
    const float *first;
    int64_t apart;
    int32_t classes;
};

static double score(const struct scores *s, int32_t i)
{
    return (double)s->first[i * s->apart];
}

/* log of the sum of exp, for scores; what makes them log-probabilities. */
static double log_sum(const struct scores *s)
{
    double most = score(s, 0), sum = 0;
    for (int32_t i = 1; i < s->classes; i++)
        most = score(s, i) > most ? score(s, i) : most;
    for (int32_t i = 0; i < s->classes; i++)
        sum += exp(score(s, i) - most);
    return most + log(sum);
}

static double cross_entropy(const struct cnn_recipe *recipe, const struct scores *s, int32_t label)
{
    const double shift = recipe->outputs == CNN_SCORES ? log_sum(s) : 0, least = 1e-38;
    double all = 0, own = 0;
    for (int32_t i = 0; i < s->classes; i++) {
        if (i != label && recipe->smoothing == 0)
            continue;
        const double value = score(s, i);
        const double loss = recipe->outputs == CNN_PROBABILITIES ? -log(value > least || isnan(value) ? value : least)
                                                                 : shift - value;
        all += loss;
        own = i == label ? loss : own;
    }
    return (1 - recipe->smoothing) * own + recipe->smoothing * all / s->classes;
}

static double hinge(const struct cnn_recipe *recipe, const struct scores *s, int32_t label)
{
    double sum = 0;
    for (int32_t i = 0; i < s->classes; i++) {
        const double loss = recipe->margin - score(s, label) + score(s, i);
        sum += i != label && !(loss <= 0) ? loss : 0;
    }
    return sum;
}

/* How many classes are ahead of the label's (the first of equals wins); NaN is behind everything. */
static int32_t place_of(const struct scores *s, int32_t label, int32_t *first)
{
    int32_t ahead = 0, best = 0;
    const double own = score(s, label);
    for (int32_t i = 0; i < s->classes; i++) {
        ahead += i != label && (score(s, i) > own || (score(s, i) == own && i < label) || isnan(own));
        best = score(s, i) > score(s, best) || (isnan(score(s, best)) && !isnan(score(s, i))) ? i : best;
    }
    *first = best;
    return ahead;
}

static double add_labels(struct result *result, const struct cnn_trainee *trainee, const float *outputs,
                         const int32_t *labels)
{
    const int64_t pixels = (int64_t)trainee->output->height * trainee->output->width;
    double sum = 0;
    for (int64_t i = 0; i < pixels; i++) {
        const struct scores s = {outputs + i, pixels, trainee->output->channels};
        int32_t taken;
        const int32_t label = labels[i], place = place_of(&s, label, &taken);
        sum += trainee->recipe->loss == CNN_HINGE ? hinge(trainee->recipe, &s, label)
                                                  : cross_entropy(trainee->recipe, &s, label);
        result->right += place == 0;
        result->top5 += place < 5;
        result->asked++;
        if (result->confusion)
            result->confusion[(int64_t)label * result->classes + taken]++;
    }
    return sum / (double)pixels;
}

static double log_at_least(double value) /* as PyTorch's BCELoss does */
{
    const double logarithm = log(value);
    return logarithm < -100 ? -100 : logarithm;
}

static double add_numbers(struct result *result, const struct cnn_trainee *trainee, const float *outputs,
                          const float *targets)
{
    const struct cnn_recipe *recipe = trainee->recipe;
    const int64_t size = (int64_t)trainee->output->height * trainee->output->width * trainee->output->channels;
    double sum = 0;
    for (int64_t i = 0; i < size; i++) {
        const double x = (double)outputs[i], y = (double)targets[i];
        if (recipe->loss == CNN_MSE)
            sum += (x - y) * (x - y);
        else if (recipe->loss == CNN_MAE)
            sum += fabs(x - y);
        else if (recipe->outputs == CNN_SCORES)
            sum += (x > 0 ? x : 0) - x * y + log1p(exp(-fabs(x)));
        else
            sum -= y * log_at_least(x) + (1 - y) * log_at_least(1 - x);
        if (recipe->loss == CNN_BCE) {
            result->right += (x > (recipe->outputs == CNN_SCORES ? 0 : 0.5)) == (y > 0.5);
            result->asked++;
        }
    }
    return sum / (double)size;
}

void cnn_result_add(struct result *result, const struct cnn_trainee *trainee, const float *outputs, const void *targets,
                    int count)
{
    const int64_t pixels = (int64_t)trainee->output->height * trainee->output->width;
    const int64_t size = pixels * trainee->output->channels;
    for (int i = 0; i < count; i++)
        result->loss_sum += cnn_loss_takes_labels(trainee->recipe->loss)
                                ? add_labels(result, trainee, outputs + i * size, (const int32_t *)targets + i * pixels)
                                : add_numbers(result, trainee, outputs + i * size, (const float *)targets + i * size);
    result->images += count;
}

double cnn_result_loss(const struct result *result)
{
    return result->images ? result->loss_sum / (double)result->images : 0;
}

double cnn_result_accuracy(const struct result *result)
{
    return result->asked ? (double)result->right / (double)result->asked : 0;
}

double cnn_result_top5(const struct result *result)
{
    return result->asked ? (double)result->top5 / (double)result->asked : 0;
}
