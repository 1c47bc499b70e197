/* Learning rates as functions of the step t, which counts from 0; T steps in all, W of them warm up, and r is the rate
 * of the recipe:
 *
 *   CONSTANT  r
 *   STEP      r*factor^n, n of the steps `at` being t or less
 *   COSINE    to + (r - to)*(1 + cos(pi*(t - W)/(T - W)))/2
 *   LINEAR    r + (to - r)*(t - W)/(T - W)
 *   ONECYCLE  half a cosine from from*r up to r at step peak*T - 1, and another down to to*r at step T - 1
 *
 * where a schedule that warms up has r*(t + 1)/W while t < W. They are PyTorch's MultiStepLR, CosineAnnealingLR,
 * LinearLR, OneCycleLR and ReduceLROnPlateau. */
#include <math.h>

#include "reference/train.h"

static const double pi = 3.14159265358979323846264338327950;

/* Half a cosine from `first`, where x is 0, to `last`, where it is 1. */
static double half_cosine(double first, double last, double x)
{
    return last + (first - last) * (1 + cos(pi * x)) / 2;
}

static double stepwise(const struct reference_schedule *schedule, double rate, int64_t step)
{
    for (size_t i = 0; i < schedule->at_count && schedule->at[i] <= step; i++)
        rate *= schedule->factor;
    return rate;
}

static double one_cycle(const struct reference_schedule *schedule, double rate, int64_t step)
{
    double top = schedule->peak * (double)schedule->steps - 1, end = (double)schedule->steps - 1, t = (double)step;
    if (t < top)
        return half_cosine(schedule->from * rate, rate, t / top);
    return half_cosine(rate, schedule->to * rate, (t - top) / (end - top));
}

double reference_rate(const struct reference_schedule *schedule, double rate, int64_t step)
{
    double passed = (double)(step - schedule->warmup) / (double)(schedule->steps - schedule->warmup);
    if (step < schedule->warmup)
        return rate * (double)(step + 1) / (double)schedule->warmup;
    switch (schedule->kind) {
    case REFERENCE_STEP: return stepwise(schedule, rate, step);
    case REFERENCE_COSINE: return half_cosine(rate, schedule->to, passed);
    case REFERENCE_LINEAR: return rate + (schedule->to - rate) * passed;
    case REFERENCE_ONECYCLE: return one_cycle(schedule, rate, step);
    default: return rate;
    }
}

/* An error counts as lower if it is so by more than a ten thousandth; a rate is not changed by less than 1e-8. */
double reference_plateau_rate(struct reference_plateau *plateau, double rate, double error)
{
    plateau->bad++;
    if (error < plateau->best * (1 - 1e-4)) {
        plateau->best = error;
        plateau->bad = 0;
    }
    if (plateau->bad <= plateau->patience)
        return rate;
    plateau->bad = 0;
    return rate - rate * plateau->factor > 1e-8 ? rate * plateau->factor : rate;
}
