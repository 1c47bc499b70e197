/* The factors of requantisation. Everything here is exact, or one rounding of a product or quotient: the same on every
 * machine. */
#include "quantise/multiplier.h"

#include <math.h>
#include <string.h>

struct multiplier multiplier_of(double real)
{
    int shift;
    if (!(real > 0))
        return (struct multiplier){0, 0};
    const double fraction = frexp(real, &shift);
    int64_t number = (int64_t)round(fraction * (double)(INT64_C(1) << 31));
    if (number == INT64_C(1) << 31) {
        number /= 2;
        shift++;
    }
    return shift < -31 ? (struct multiplier){0, 0} : (struct multiplier){(int32_t)number, shift};
}

/* One rounding each, whatever the width of the machine's registers. */
static float product(float a, float b)
{
    return (float)((double)a * (double)b);
}

double multiplier_linear(float input, float weight, float output, bool dense_with_one_scale)
{
    const double sums = dense_with_one_scale ? (double)product(input, weight) : (double)input * (double)weight;
    return sums / (double)output;
}

struct multiplier multiplier_even(float input, float weight, float output)
{
    const float factor = (float)((double)product(input, weight) / (double)output);
    struct multiplier m = {0, 0};
    memcpy(&m.number, &factor, sizeof factor);
    return m;
}

double multiplier_product(float a, float b, float output)
{
    return (double)(float)((double)product(a, b) / (double)output);
}

struct sum_multipliers multiplier_sum(float a, float b, float output)
{
    const double unit = 2 * (double)(a > b ? a : b);
    return (struct sum_multipliers){multiplier_of((double)a / unit), multiplier_of((double)b / unit),
                                    multiplier_of(unit / ((double)output * (1 << MULTIPLIER_SUM_SHIFT)))};
}

struct softmax_scaling multiplier_softmax(float input)
{
    enum { BITS_BEFORE = 5, BITS_BEHIND = 31 - BITS_BEFORE };
    const double most = (double)INT32_MAX, real = (double)input * (1 << BITS_BEHIND);
    struct softmax_scaling s = {.multiplier = multiplier_of(real < most ? real : most)};
    const double reach = (double)((1 << BITS_BEFORE) - 1) * (1 << BITS_BEHIND);
    s.least = -(int32_t)floor(reach / (double)(INT64_C(1) << s.multiplier.shift));
    return s;
}

int32_t multiplier_apply(struct multiplier m, int32_t x)
{
    const int left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    const int64_t product = (int64_t)x * (INT64_C(1) << left) * m.number, half = INT64_C(1) << 30;
    const int64_t high = product >= 0 ? (product + half) >> 31 : -((-product + half - 1) >> 31);
    const int64_t unit = INT64_C(1) << right, rest = ((high % unit) + unit) % unit;
    return (int32_t)((high - rest) / unit + (rest > (unit - 1) / 2 + (high < 0)));
}
