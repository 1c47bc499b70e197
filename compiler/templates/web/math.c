/* The functions of math.h that WebAssembly has no instruction for, so that no C library is needed. They compute in
 * double precision and round once; the linker leaves out what a network does not call. Kernels with vectors have
 * formulas of their own. */
#include <math.h>
#include <stdint.h>

static const double pi = 3.14159265358979323846, ln2 = 0.693147180559945309417;

static uint64_t bits_of(double x)
{
    const union {
        double number;
        uint64_t bits;
    } both = {.number = x};
    return both.bits;
}

static double double_of(uint64_t bits)
{
    const union {
        uint64_t bits;
        double number;
    } both = {.bits = bits};
    return both.number;
}

/* ---- exponentials and logarithms ---- */

/* x = k*ln2 + rest; Taylor's series of the rest, at most 0.35, times 2^k. */
static double exponential(double x)
{
    static const double high = 0x1.62e42fefa3800p-1, low = 0x1.ef35793c76730p-45; /* together ln2 */
    enum { TERMS = 14 };
    if (x != x)
        return x;
    if (x > 700)
        return (double)INFINITY;
    if (x < -700)
        return 0;
    const double k = __builtin_rint(x / ln2), rest = x - k * high - k * low;
    double sum = 1;
    for (int n = TERMS; n > 0; n--)
        sum = 1 + sum * rest / n;
    return sum * double_of((uint64_t)(1023 + (int64_t)k) << 52);
}

/* exp(x) - 1, with all digits where x is small. */
static double exponential_less_1(double x)
{
    if (x > -1e-3 && x < 1e-3)
        return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))));
    return exponential(x) - 1;
}

/* log((1 + s)/(1 - s)) for |s| below 0.18. */
static double logarithm_near_1(double s)
{
    enum { LAST = 23 };
    const double square = s * s;
    double sum = 0;
    for (int n = LAST; n > 0; n -= 2)
        sum = sum * square + 1.0 / n;
    return 2 * s * sum;
}

/* x = m*2^k with m from sqrt(1/2) to sqrt(2). Not for subnormal x, which no float is. */
static double logarithm(double x)
{
    if (!(x > 0))
        return x == 0 ? (double)-INFINITY : x - x == 0 ? (double)NAN : x * x - x * x;
    if (x > 1e300)
        return x;
    const uint64_t bits = bits_of(x), half = UINT64_C(0x3FE6A09E667F3BCD);
    const int64_t k = ((int64_t)bits - (int64_t)half) >> 52;
    const double m = double_of(bits - ((uint64_t)k << 52));
    return (double)k * ln2 + logarithm_near_1((m - 1) / (m + 1));
}

/* log(1 + x), with all digits where x is small. */
static double logarithm_of_1_and(double x)
{
    if (x > -0.25 && x < 0.25)
        return logarithm_near_1(x / (2 + x));
    return logarithm(1 + x);
}

float expf(float x)
{
    return (float)exponential((double)x);
}

float expm1f(float x)
{
    return (float)exponential_less_1((double)x);
}

float logf(float x)
{
    return (float)logarithm((double)x);
}

float log1pf(float x)
{
    return (float)logarithm_of_1_and((double)x);
}

float powf(float x, float y)
{
    const double size = __builtin_fabs((double)x), half = (double)y / 2;
    const int negative = bits_of((double)x) >> 63 != 0;
    const int whole = __builtin_floor((double)y) == (double)y, odd = whole && __builtin_floor(half) != half;
    if (y == 0.0f || x == 1.0f)
        return 1.0f;
    if (x != x || y != y)
        return x + y;
    if (negative && !whole && size > 0 && size < (double)INFINITY)
        return NAN;
    const float result = size == 1 ? 1.0f : (float)exponential((double)y * logarithm(size));
    return negative && odd ? -result : result;
}

float sinhf(float x)
{
    const double e = exponential_less_1(__builtin_fabs((double)x));
    const double result = e < 1e300 ? (e + e / (e + 1)) / 2 : e;
    return (float)(x < 0.0f ? -result : x == 0.0f ? (double)x : result);
}

float coshf(float x)
{
    const double e = exponential(__builtin_fabs((double)x));
    return (float)((e + 1 / e) / 2);
}

float tanhf(float x)
{
    const double size = __builtin_fabs((double)x);
    const double e = exponential_less_1(2 * size), result = size < 20 ? e / (e + 2) : size == size ? 1 : size;
    return (float)(x < 0.0f ? -result : x == 0.0f ? (double)x : result);
}

float asinhf(float x)
{
    const double size = __builtin_fabs((double)x), square = size * size;
    const double result =
        size < (double)INFINITY ? logarithm_of_1_and(size + square / (1 + __builtin_sqrt(square + 1))) : size;
    return (float)(x < 0.0f ? -result : x == 0.0f ? (double)x : result);
}

float acoshf(float x)
{
    const double beyond = (double)x - 1;
    return beyond < 0 ? NAN : (float)logarithm_of_1_and(beyond + __builtin_sqrt(beyond * (beyond + 2)));
}

float atanhf(float x)
{
    const double result = logarithm_of_1_and(2 * (double)x / (1 - (double)x)) / 2;
    return x == 0.0f ? x : (float)(x == -1.0f ? (double)-INFINITY : result);
}

/* The sum of positive terms x*(2x^2)^n/(1*3*5*...), which needs no more than 80 of them. */
float erff(float x)
{
    enum { TERMS = 80 };
    const double size = __builtin_fabs((double)x), square = size * size;
    if (!(size < 4))
        return x != x ? x : x < 0.0f ? -1.0f : 1.0f;
    double sum = 1;
    for (int n = TERMS; n > 0; n--)
        sum = 1 + sum * 2 * square / (2 * n + 1);
    return (float)(2 / __builtin_sqrt(pi) * exponential(-square) * (double)x * sum);
}

/* ---- angles ---- */

/* 32 bits of 2/pi from bit `at` behind the point; those before the point are zeros. */
static uint64_t two_over_pi(int at)
{
    static const uint32_t digits[] = {0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0,
                                      0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561};
    const int word = at >= 0 ? at / 32 : -1, shift = at - 32 * word;
    const uint64_t first = word >= 0 ? digits[word] : 0, both = first << 32 | digits[word + 1];
    return both >> (32 - shift) & 0xFFFFFFFF;
}

/* x = quarter*pi/2 + the result, at most pi/4 on either side. Exact for any x: with x = m*2^e, only 96 bits of m times
 * 2/pi tell the quarter modulo 4 and the fraction. */
static double angle(float x, int *quarter)
{
    const double size = __builtin_fabs((double)x);
    *quarter = 0;
    if (!(size > pi / 4) || size == (double)INFINITY)
        return size == (double)INFINITY ? (double)NAN : (double)x;
    const uint64_t bits = bits_of(size), m = (bits >> 29 & 0x7FFFFF) | 0x800000;
    const int e = (int)(bits >> 52) - 1023 - 23;
    const uint64_t low = m * two_over_pi(e - 2 + 64), middle = m * two_over_pi(e - 2 + 32) + (low >> 32);
    const uint64_t high = m * two_over_pi(e - 2) + (middle >> 32);
    const uint64_t top = (high & 0xFFFFFFFF) << 32 | (middle & 0xFFFFFFFF);
    const int64_t fraction = (int64_t)(top << 2 | (low & 0xFFFFFFFF) >> 30);
    *quarter = (int)(top >> 62) + (fraction < 0);
    const double result = (double)fraction * 0x1p-64 * (pi / 2);
    *quarter = x < 0.0f ? -*quarter : *quarter;
    return x < 0.0f ? -result : result;
}

/* sin or, from `first` 0, cos of at most pi/4 by Taylor's series. */
static double series(double x, int first)
{
    enum { TERMS = 9 };
    double sum = 1;
    for (int n = TERMS; n > 0; n--)
        sum = 1 - sum * x * x / ((2 * n + first) * (2 * n + first - 1));
    return first ? x * sum : sum;
}

/* sin(x + quarters*pi/2) */
static double sine(float x, int quarters)
{
    int quarter;
    const double rest = angle(x, &quarter);
    const int turn = (quarter + quarters) & 3;
    const double result = series(rest, turn & 1 ? 0 : 1);
    return turn & 2 ? -result : result;
}

float sinf(float x)
{
    return (float)sine(x, 0);
}

float cosf(float x)
{
    return (float)sine(x, 1);
}

float tanf(float x)
{
    return (float)(sine(x, 0) / sine(x, 1));
}

/* Of a tangent of 0 and more: folded twice, to at most pi/8, then the series. */
static double arc(double x)
{
    enum { LAST = 45 };
    const int beyond = x > 1;
    if (beyond)
        x = 1 / x;
    const int near = x > 0.41421356;
    if (near)
        x = (x - 1) / (x + 1);
    const double square = -x * x;
    double sum = 0;
    for (int n = LAST; n > 0; n -= 2)
        sum = sum * square + 1.0 / n;
    const double angle = x * sum + (near ? pi / 4 : 0);
    return beyond ? pi / 2 - angle : angle;
}

float atanf(float x)
{
    const double result = arc(__builtin_fabs((double)x));
    return (float)(x < 0.0f ? -result : x == 0.0f ? (double)x : result);
}

float asinf(float x)
{
    const double size = __builtin_fabs((double)x), result = arc(size / __builtin_sqrt((1 - size) * (1 + size)));
    return (float)(x < 0.0f ? -result : x == 0.0f ? (double)x : result);
}

float acosf(float x)
{
    return (float)(2 * arc(__builtin_sqrt((1 - (double)x) / (1 + (double)x))));
}

/* Halves go away from zero. */
float roundf(float x)
{
    const double result = __builtin_floor(__builtin_fabs((double)x) + 0.5);
    return (float)(bits_of((double)x) >> 63 ? -result : result);
}
