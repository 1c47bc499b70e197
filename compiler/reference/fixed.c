/* The arithmetic of quantised networks, written from TensorFlow Lite's and gemmlowp's definitions. */
#include <math.h>

#include "reference/integers.h"

int32_t fixed_high_product(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    const int64_t product = (int64_t)a * (int64_t)b, unit = INT64_C(1) << 31;
    const int64_t nudge = product >= 0 ? unit / 2 : 1 - unit / 2;
    return (int32_t)((product + nudge) / unit);
}

int32_t fixed_divide(int32_t x, int exponent)
{
    const int64_t unit = INT64_C(1) << exponent;
    int64_t quotient = x / unit, rest = x % unit; /* both have x's sign */
    if (2 * (rest < 0 ? -rest : rest) >= unit && unit > 1)
        quotient += x < 0 ? -1 : 1;
    return (int32_t)quotient;
}

int32_t fixed_multiply(int32_t x, double real)
{
    int shift = 0;
    if (real <= 0)
        return 0;
    for (; real >= 1; real /= 2)
        shift++;
    for (; real < 0.5; real *= 2)
        shift--;
    int64_t multiplier = (int64_t)floor(real * 2147483648.0 + 0.5);
    if (multiplier == INT64_C(1) << 31) {
        multiplier = INT64_C(1) << 30;
        shift++;
    }
    if (shift < -31)
        return 0;
    const uint32_t shifted = (uint32_t)x << (shift > 0 ? shift : 0); /* 32 bits are kept */
    const int64_t kept = shifted < UINT32_C(1) << 31 ? (int64_t)shifted : (int64_t)shifted - (INT64_C(1) << 32);
    return fixed_divide(fixed_high_product((int32_t)kept, (int32_t)multiplier), shift > 0 ? 0 : -shift);
}

int32_t fixed_from_float(float x, double scale, int32_t zero)
{
    if (isnan(x))
        return -128;
    const double quotient = (double)(float)((double)x / scale),
                 steps = quotient < 0 ? ceil(quotient - 0.5) : floor(quotient + 0.5);
    return (int32_t)fmax(-128, fmin(127, steps + zero));
}

/* ---- ONNX ---- */

static double half_to_even(double x)
{
    const double below = floor(x), rest = x - below;
    const bool odd = fmod(below, 2) != 0;
    return rest < 0.5 || (rest == 0.5 && !odd) ? below : below + 1;
}

int32_t even_from_float(float x, double scale, int32_t zero)
{
    if (isnan(x))
        return -128;
    return (int32_t)fmax(-128, fmin(127, half_to_even((double)(float)((double)x / scale)) + zero));
}

int32_t even_multiply(int32_t sum, double input, double weight, double output)
{
    const float factor = (float)((double)(float)(input * weight) / output);
    const double product = (double)(float)((double)(float)sum * (double)factor);
    return (int32_t)half_to_even(fmax(-1e6, fmin(1e6, product)));
}

/* ---- gemmlowp's functions of fixed-point numbers: raw integers, and how many bits they have before the point ---- */

/* SaturatingRoundingMultiplyByPOT for exponents above 0. */
static int32_t fixed_times(int32_t x, int exponent)
{
    const int64_t y = (int64_t)x * (INT64_C(1) << exponent);
    return y > INT32_MAX ? INT32_MAX : y < INT32_MIN ? INT32_MIN : (int32_t)y;
}

/* exp_on_interval_between_negative_one_quarter_and_0_excl, no bits before the point. */
static int32_t exp_of_last_quarter(int32_t a)
{
    const int32_t exp_of_minus_eighth = 1895147668, third = 715827883;
    const int32_t x = a + (1 << 28), x2 = fixed_high_product(x, x), x3 = fixed_high_product(x2, x),
                  x4 = fixed_high_product(x2, x2);
    const int32_t inner = fixed_high_product(fixed_divide(x4, 2) + x3, third) + x2;
    return exp_of_minus_eighth + fixed_high_product(exp_of_minus_eighth, x + fixed_divide(inner, 1));
}

/* exp_on_negative_values of a number with 5 bits before the point. */
static int32_t exp_of_negative(int32_t a)
{
    const int fraction = 26;
    const int32_t quarter = 1 << (fraction - 2);
    const int32_t last = (a & (quarter - 1)) - quarter;
    static const struct {
        int exponent;
        int32_t multiplier;
    } shifter[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                   {2, 39332535},    {3, 720401},      {4, 242}};
    int32_t result = exp_of_last_quarter(fixed_times(last, 5));
    for (size_t i = 0; i < sizeof shifter / sizeof *shifter; i++)
        if ((last - a) & (1 << (fraction + shifter[i].exponent)))
            result = fixed_high_product(result, shifter[i].multiplier);
    return a == 0 ? INT32_MAX : result;
}

/* one_over_one_plus_x_for_x_in_0_1: three steps of Newton's method, from 48/17 - 32/17*d. */
static int32_t one_over_one_plus(int32_t x)
{
    const int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
    int32_t y = 1515870810 + fixed_high_product(half_denominator, -1010580540);
    for (int i = 0; i < 3; i++) {
        const int32_t rest = (1 << 29) - fixed_high_product(half_denominator, y);
        y += fixed_times(fixed_high_product(y, rest), 2);
    }
    return fixed_times(y, 1);
}

static int leading_zeros(uint32_t x)
{
    int zeros = 0;
    while (zeros < 32 && !(x >> (31 - zeros)))
        zeros++;
    return zeros;
}

/* ---- softmax ---- */

struct softmax {
    double real;   /* of the factor into 5 bits before the point */
    int shift;     /* of that factor */
    int32_t least; /* differences below count as minus infinity */
};

static struct softmax softmax_of(double scale)
{
    struct softmax s = {fmin(scale * (1 << 26), (double)INT32_MAX), 0, 0};
    for (double real = s.real; real >= 1; real /= 2)
        s.shift++;
    if (ldexp(floor(ldexp(s.real, 31 - s.shift) + 0.5), -31) >= 1) /* rounds up to the next power of two */
        s.shift++;
    s.least = -(int32_t)floor(31.0 * (1 << 26) / ldexp(1, s.shift));
    return s;
}

static int32_t exp_of_difference(const struct softmax *s, int32_t difference)
{
    return difference < s->least ? 0 : exp_of_negative(fixed_multiply(difference, s->real));
}

void integer_softmax(const struct integer_call *call)
{
    const struct integer_tensor *in = &call->in[0];
    const int64_t pixels = in->shape.h * in->shape.w;
    const struct softmax s = softmax_of(in->scale);
    for (int64_t p = 0; p < pixels; p++) {
        int32_t largest = in->numbers[p], sum = 0;
        for (int64_t c = 0; c < in->shape.c; c++)
            largest = in->numbers[c * pixels + p] > largest ? in->numbers[c * pixels + p] : largest;
        for (int64_t c = 0; c < in->shape.c; c++)
            sum += fixed_divide(exp_of_difference(&s, in->numbers[c * pixels + p] - largest), 12);
        const int zeros = leading_zeros((uint32_t)sum), over_unit = 12 - zeros;
        const int32_t share_of_one = one_over_one_plus((int32_t)(((uint32_t)sum << zeros) - (UINT32_C(1) << 31)));
        for (int64_t c = 0; c < in->shape.c; c++) {
            const int32_t e = exp_of_difference(&s, in->numbers[c * pixels + p] - largest);
            const int32_t y = fixed_divide(fixed_high_product(share_of_one, e), over_unit + 31 - 8) - 128;
            call->result[c * pixels + p] = y > 127 ? 127 : y;
        }
    }
}
