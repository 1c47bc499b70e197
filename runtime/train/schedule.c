/* Schedules, as PyTorch defines those of the same names, counted in steps:
 *   STEP      MultiStepLR: times factor from each epoch of `at` on
 *   COSINE    CosineAnnealingLR from rate to `to`
 *   LINEAR    LinearLR from rate to `to`; this and COSINE after a warmup, LinearLR from rate / warm
 *   ONECYCLE  OneCycleLR with two cosine phases: from*rate, rate, to*rate
 *   PLATEAU   ReduceLROnPlateau (mode min, threshold 1e-4 relative), once an epoch */
#include "schedule.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* From a to b along half a cosine wave; 0 <= share <= 1. */
static double cosine(double a, double b, double share)
{
    return b + (a - b) * 0.5 * (1 + cos(pi * share));
}

static double step_rate(const struct cnn_recipe *recipe, int64_t step, int64_t per_epoch)
{
    double rate = recipe->rate;
    for (int32_t i = 0; i < recipe->at_count; i++)
        if ((double)step >= recipe->at[i] * (double)per_epoch)
            rate *= recipe->factor;
    return rate;
}

/* COSINE and LINEAR */
static double falling_rate(const struct cnn_recipe *recipe, int64_t step, int64_t steps, int64_t per_epoch)
{
    const int64_t warm = (int64_t)floor(recipe->warmup * (double)per_epoch + 0.5);
    if (step < warm)
        return recipe->rate * (double)(step + 1) / (double)warm;
    const double share = steps > warm ? (double)(step - warm) / (double)(steps - warm) : 1;
    return recipe->schedule == CNN_LINEAR ? recipe->rate + (recipe->to - recipe->rate) * share
                                          : cosine(recipe->rate, recipe->to, share);
}

static double one_cycle_rate(const struct cnn_recipe *recipe, int64_t step, int64_t steps)
{
    const double top = recipe->peak * (double)steps - 1, last = (double)steps - 1, at = (double)step;
    const double first = recipe->rate * recipe->from, end = recipe->rate * recipe->to;
    if (at <= top)
        return top > 0 ? cosine(first, recipe->rate, at / top) : recipe->rate;
    return cosine(recipe->rate, end, last > top ? (at - top) / (last - top) : 1);
}

double cnn_schedule_rate(const struct cnn_recipe *recipe, const struct plateau *plateau, int64_t step, int64_t steps,
                         int64_t per_epoch)
{
    switch (recipe->schedule) {
    case CNN_STEP: return step_rate(recipe, step, per_epoch);
    case CNN_COSINE:
    case CNN_LINEAR: return falling_rate(recipe, step, steps, per_epoch);
    case CNN_ONECYCLE: return one_cycle_rate(recipe, step, steps);
    case CNN_PLATEAU: return recipe->rate * plateau->factor;
    default: return recipe->rate;
    }
}

void cnn_plateau_see(struct plateau *plateau, const struct cnn_recipe *recipe, double value)
{
    const double threshold = 1e-4, least_change = 1e-8;
    if (plateau->seen++ == 0 || value < plateau->best * (1 - threshold)) {
        plateau->best = value;
        plateau->bad_epochs = 0;
    } else {
        plateau->bad_epochs++;
    }
    if (plateau->bad_epochs > recipe->patience) {
        const double next = plateau->factor * recipe->factor;
        if (recipe->rate * (plateau->factor - next) > least_change)
            plateau->factor = next;
        plateau->bad_epochs = 0;
    }
}

/* The sum of squares, of every eighth number by itself at first: in one order, and quick. */
static double squares(const float *values, int64_t count)
{
    enum { LANES = 8 };
    double sums[LANES] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int k = 0; k < LANES; k++)
            sums[k] += (double)values[i + k] * (double)values[i + k];
    for (; i < count; i++)
        sums[0] += (double)values[i] * (double)values[i];
    for (int k = 0; k < LANES; k++)
        sum += sums[k];
    return sum;
}

double cnn_clip_gradients(float *gradients, int64_t count, double most)
{
    const double norm = sqrt(squares(gradients, count)), factor = most / (norm + 1e-6);
    for (int64_t i = 0; factor < 1 && i < count; i++)
        gradients[i] *= (float)factor;
    return norm;
}
