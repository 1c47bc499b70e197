/* Which range of numbers 256 integers cover best. */
#include <float.h>
#include <math.h>

#include "quantise/calibration.h"

enum { STEPS = 255, SHARES = 24 /* of the whole range that are tried at each end */ };

struct meaning range_meaning(double low, double high)
{
    low = low < 0 ? low : 0;
    high = high > 0 ? high : 0;
    float scale = (float)((high - low) / STEPS);
    if (!(scale > 1e-30f)) /* all zeros */
        scale = 1.0f;
    const double zero = round(-128 - low / (double)scale);
    return (struct meaning){scale, (int32_t)(zero < -128 ? -128 : zero > 127 ? 127 : zero), false};
}

/* Squared errors: what lies outside becomes the end, and what lies inside is rounded. */
static double error_of(const struct statistics *s, double low, double high)
{
    const double width = (s->most - s->least) / CALIBRATION_BINS, step = (high - low) / STEPS;
    double error = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        const double x = s->least + (i + 0.5) * width;
        const double beyond = x < low ? low - x : x > high ? x - high : 0;
        error += s->bins[i] * (beyond * beyond + step * step / 12);
    }
    return error;
}

struct candidate {
    double low, high, error;
};

static void try_range(const struct statistics *s, double low, double high, struct candidate *best)
{
    low = low < 0 ? low : 0;
    high = high > 0 ? high : 0;
    if (!(high > low))
        return;
    const double error = error_of(s, low, high);
    if (error < best->error)
        *best = (struct candidate){low, high, error};
}

/* From where on, seen from one end, this share of all numbers lies. */
static double percentile(const struct statistics *s, double share, bool upper)
{
    double all = 0, sum = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++)
        all += s->bins[i];
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        const int bin = upper ? CALIBRATION_BINS - 1 - i : i;
        sum += s->bins[bin];
        if (sum > all * share)
            return s->least + (bin + (upper ? 1 : 0)) * (s->most - s->least) / CALIBRATION_BINS;
    }
    return upper ? s->most : s->least;
}

struct meaning range_choose(const struct statistics *s)
{
    static const double shares[] = {1e-5, 1e-4, 1e-3};
    struct candidate best = {0, 0, (double)INFINITY};
    try_range(s, s->least, s->most, &best);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        try_range(s, percentile(s, shares[i], false), percentile(s, shares[i], true), &best);
    for (int i = SHARES / 4; i <= SHARES; i++)
        for (int k = SHARES / 4; k <= SHARES && (s->least < 0 || k == SHARES); k++)
            try_range(s, s->least * k / SHARES, s->most * i / SHARES, &best);
    return best.error < (double)INFINITY ? range_meaning(best.low, best.high) : range_meaning(s->least, s->most);
}
