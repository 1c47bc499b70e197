/* Runs the functions of vectors that cnnc wrote, each over a grid of all floats, and compares them with libm in double
 * precision. The suite writes functions.h: the networks' C, and a CASE for each function and instruction set.
 *
 *     harness STRIDE SETS LOOSE    every STRIDE-th float, on the sets of the list "avx2,sse2", LOOSE times the limits;
 *                                  a line a function:
 *                                  "set<tab>function<tab>largest relative error<tab>largest absolute error<tab>faults"
 *
 * An error is a fault if it is both larger than 2e-6 of the result and, where the formula subtracts (an absolute
 * error of its terms remains), than 1e-7 of the larger of x and 1. A case can say from which results on 2e-6 is the
 * limit anyway. TANH and SIGMOID stay within 1. The relative error is that of results from 1e-3 on. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the functions, from the literature; a and b are their constants ---- */

#define WANTED(name, expression)                                                                                       \
    static double wanted_##name(double x, double a, double b)                                                          \
    {                                                                                                                  \
        (void)a, (void)b;                                                                                              \
        return expression;                                                                                             \
    }
WANTED(exp, exp(x))
WANTED(expm1, expm1(x))
WANTED(log1p, log1p(x))
WANTED(exp_below, exp(x))
WANTED(sigmoid_divisor, 1 + exp(-x))
WANTED(log, log(x))
WANTED(rsqrt, 1 / sqrt(x))
WANTED(clip, x<a ? a : x> b ? b : x)
WANTED(leaky, x > 0 ? x : a * x)
WANTED(abs, fabs(x))
WANTED(softsign, x / (1 + fabs(x)))
WANTED(hardsigmoid, wanted_clip(x / 6 + 0.5, 0, 1))
WANTED(hardswish, x *wanted_clip(x / 6 + 0.5, 0, 1))
WANTED(tanh, a *tanh(b *x))
WANTED(elu, x > 0 ? x : a * expm1(x))
WANTED(selu, 1.0507009873554804934193349852946 * wanted_elu(x, 1.6732632423543772848170429916717, 0))
WANTED(sigmoid, 1 / (1 + exp(-x)))
WANTED(silu, x / (1 + exp(-x)))
WANTED(softplus, (x < 0 ? 0 : x) + log1p(exp(-fabs(x))))
WANTED(mish, x *tanh(wanted_softplus(x, 0, 0)))
WANTED(neg, -x)
WANTED(square, x *x)
WANTED(sqrt, sqrt(x))
WANTED(reciprocal, 1 / x)
WANTED(power, pow(x, a))
WANTED(erf, erf(x))
WANTED(floor, floor(x))
WANTED(ceil, ceil(x))
WANTED(round, rint(x))
WANTED(sign, x > 0 ? 1 : x < 0 ? -1 : x)
WANTED(sin, sin(x))
WANTED(cos, cos(x))
WANTED(tan, tan(x))
WANTED(asin, asin(x))
WANTED(acos, acos(x))
WANTED(atan, atan(x))
WANTED(sinh, sinh(x))
WANTED(cosh, cosh(x))
WANTED(asinh, asinh(x))
WANTED(acosh, x < 1 ? NAN : acosh(x)) /* musl makes numbers of some x below -2 */
WANTED(atanh, atanh(x))
WANTED(shrink, x<-a ? x + b : x> a ? x - b : x == x ? 0 : x)
WANTED(threshold, x > a || x != x ? x : b)
WANTED(above, x > a)
WANTED(below, x < a)
WANTED(equals, x == a)
WANTED(gelu, 0.5 * x * erfc(-x * 0.70710678118654752440))
WANTED(gelu_tanh, 0.5 * x * (1 + tanh(0.79788456080286535588 * (x + 0.044715 * x * x * x))))

/* ---- comparing ---- */

struct errors {
    double least; /* results from which on only the relative error counts */
    int within_1;
    double relative, absolute, relative_at, absolute_at;
    long faults;
    float fault_at, fault;
};

static double loose;

/* Of x and the result: what is NaN or infinite must be the same. */
static void compare(struct errors *errors, float x, float got, double want)
{
    const float rounded = (float)want;
    const double error = fabs((double)got - want), size = fabs(want);
    int fault;
    if (isnan(want) || isinf(rounded)) {
        fault = isnan(want) ? !isnan(got) : got != rounded && !(fabs((double)got) > 3.4e38 * 0.99999 && got * want > 0);
    } else {
        fault = !(error <= loose * 2e-6 * size ||
                  (error <= loose * 1e-7 * fmax(1, fabs((double)x)) && size < errors->least)) ||
                (errors->within_1 && !(fabs((double)got) <= 1));
        if (size >= 1e-3 && error / size > errors->relative)
            errors->relative = error / size, errors->relative_at = (double)x;
        if (size < 1e-3 && error > errors->absolute)
            errors->absolute = error, errors->absolute_at = (double)x;
    }
    if (fault && errors->faults++ == 0)
        errors->fault_at = x, errors->fault = got;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The grid: what lies at the ends first, then every stride-th float. False when there are no more. */
static int next(uint64_t *place, uint32_t stride, float *x)
{
    static const uint32_t ends[] = {0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f7fffff, 0xff7fffff,
                                    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x00800000, 0x80800000};
    enum { ENDS = sizeof ends / sizeof *ends };
    const uint64_t number = (*place)++, bits = number < ENDS ? ends[number] : (number - ENDS) * stride;
    *x = float_of((uint32_t)bits);
    return bits <= UINT32_MAX;
}

static int chosen(const char *sets, const char *set)
{
    const char *found = strstr(sets, set);
    return found && (found == sets || found[-1] == ',') && strchr(",", found[strlen(set)]);
}

static void tell(const char *set, const char *name, const struct errors *errors)
{
    printf("%s\t%s\t%.2g\t%.2g\t%ld\tat %g, %g; first fault at %.9g, which is %.9g\n", set, name, errors->relative,
           errors->absolute, errors->faults, errors->relative_at, errors->absolute_at, (double)errors->fault_at,
           (double)errors->fault);
}

/* RUN(set, function): asked for here, since a machine without the set cannot even enter the function. */
#define RUN(set, function)                                                                                             \
    if (chosen(sets, #set))                                                                                            \
    run_##function(stride)

/* CASE(set, lanes, name, function, wanted, a, b, low, high, least): x from low to high, and NaN where both are
 * infinite. */
#define CASE(set, lanes, name, function, wanted, a, b, low, high, least_)                                              \
    TARGET_##set static void run_##function(uint32_t stride)                                                           \
    {                                                                                                                  \
        struct errors errors = {.least = (least_), .within_1 = !strcmp(name, "TANH") || !strcmp(name, "SIGMOID")};     \
        const double from = (low), to = (high);                                                                        \
        float xs[lanes] __attribute__((aligned(64))), ys[lanes] __attribute__((aligned(64)));                          \
        uint64_t place = 0;                                                                                            \
        float x;                                                                                                       \
        for (int more = 1; more;) {                                                                                    \
            int count = 0;                                                                                             \
            while (count < lanes && (more = next(&place, stride, &x)))                                                 \
                if (((double)x >= from && (double)x <= to) || (isnan(x) && isinf(from) && isinf(to)))                  \
                    xs[count++] = x;                                                                                   \
            for (int i = count; i < lanes; i++)                                                                        \
                xs[i] = isinf(from) ? -0.0f : (float)from;                                                             \
            *(v##lanes *)ys = function(*(const v##lanes *)xs);                                                         \
            for (int i = 0; i < count; i++)                                                                            \
                compare(&errors, xs[i], ys[i], wanted((double)xs[i], (double)(float)(a), (double)(float)(b)));         \
        }                                                                                                              \
        tell(#set, name, &errors);                                                                                     \
    }
#include "functions.h"

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    loose = strtod(argv[3], NULL);
    run_all(argv[2], (uint32_t)strtoul(argv[1], NULL, 10));
    return 0;
}
