/* Compares templates/web/math.c, compiled for this machine under other names, with libm's double precision: a sample of
 * all floats, and special ones. Prints a line per function that is off by more than one unit in the last place. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
#define FUNCTIONS(F) \
    F(exp) F(expm1) F(log) F(log1p) F(sinh) F(cosh) F(tanh) F(asinh) F(acosh) F(atanh) F(erf) F(sin) F(cos) F(tan) \
    F(asin) F(acos) F(atan) F(round)
/* clang-format on */
#define DECLARE(name) float web_##name##f(float x);
FUNCTIONS(DECLARE)
float web_powf(float x, float y);

static int failed;

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* In the order of all floats. */
static int64_t place_of(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? -(int64_t)(bits & 0x7FFFFFFF) : bits;
}

static int differs(float got, double expected)
{
    const float rounded = (float)expected;
    if (isnan(got) || isnan(rounded))
        return !(isnan(got) && isnan(rounded));
    const int64_t distance = place_of(got) - place_of(rounded);
    return distance < -1 || distance > 1 || (got == 0 && rounded == 0 && signbit(got) != signbit(rounded));
}

static void check(const char *name, float (*function)(float), double (*truth)(double))
{
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 9973) {
        const float x = float_of((uint32_t)bits);
        if (differs(function(x), truth((double)x))) {
            printf("%sf(%a) is %a, not %a\n", name, (double)x, (double)function(x), truth((double)x));
            failed = 1;
            return;
        }
    }
    static const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, INFINITY, -INFINITY, NAN, 88.7f, -103.9f};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (differs(function(special[i]), truth((double)special[i]))) {
            printf("%sf(%a) is %a\n", name, (double)special[i], (double)function(special[i]));
            failed = 1;
        }
}

static void check_power(void)
{
    static const float powers[] = {0.0f,   1.0f,        2.0f, 3.0f,     -1.0f,     -2.0f, 0.5f,
                                   -0.75f, 1.0f / 3.0f, 2.5f, INFINITY, -INFINITY, NAN,   1e10f};
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
        for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 65521) {
            const float x = float_of((uint32_t)bits);
            if (differs(web_powf(x, powers[i]), pow((double)x, (double)powers[i]))) {
                printf("powf(%a, %a) is %a\n", (double)x, (double)powers[i], (double)web_powf(x, powers[i]));
                failed = 1;
                return;
            }
        }
}

int main(void)
{
#define CHECK(name) check(#name, web_##name##f, name);
    FUNCTIONS(CHECK)
    check_power();
    return failed;
}
