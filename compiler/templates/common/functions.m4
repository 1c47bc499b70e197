m4_divert(-1)
m4_dnl The functions of one number: FORMULA(word, plain C, vectors), the bodies of a function of x. FIRST and SECOND are
m4_dnl the layer's constants; a PRELU takes a slope. A NaN stays a NaN: comparisons with one fail, so that x is left.
m4_dnl Whoever includes this defines what FORMULA makes of a row; the formulas for vectors use the words of vector.m4,
m4_dnl and CALL_WORD(x) for a function that functions.def says they use. Their polynomials were fitted to the errors
m4_dnl that PERFORMANCE.md lists.

FORMULA([<relu>], [<return x < 0.0f ? 0.0f : x;>], [<return AT_LEAST(0.0f, x);>])

FORMULA([<relu6>], [<return x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x;>], [<return AT_MOST(6.0f, AT_LEAST(0.0f, x));>])

FORMULA([<leaky>], [<return x > 0.0f ? x : FIRST * x;>], [<return PICK(x, >, SPLAT(0.0f), x, FIRST * x);>])

FORMULA([<prelu>], [<return x > 0.0f ? x : slope * x;>], [<return PICK(x, >, SPLAT(0.0f), x, slope * x);>])

FORMULA([<abs>], [<return fabsf(x);>], [<return SIZE(x);>])

FORMULA([<clip>],
    [<return x < FIRST ? FIRST : x > SECOND ? SECOND : x;>],
    [<return AT_MOST(SECOND, AT_LEAST(FIRST, x));>])

FORMULA([<softsign>], [<return x / (1.0f + fabsf(x));>], [<return x / (1.0f + SIZE(x));>])

FORMULA([<hardsigmoid>], [<
    const float y = x / 6.0f + 0.5f;
    return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;m4_dnl
>], [<
    return AT_MOST(1.0f, AT_LEAST(0.0f, x * 0.166666667f + 0.5f));m4_dnl
>])

FORMULA([<hardswish>], [<
    const float y = x / 6.0f + 0.5f;
    return x * (y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y);m4_dnl
>], [<
    return x * AT_MOST(1.0f, AT_LEAST(0.0f, x * 0.166666667f + 0.5f));m4_dnl
>])

m4_dnl x = n*log(2) + r with n whole and r small: e^x = 2^n * (1 + (e^r - 1)). Infinite above 88.7, 0 below -104.
m4_define([<REDUCE>], [<m4_dnl
    const INTEGERS n = __builtin_convertvector(y * 1.44269504f + WITH_SIGN(0.5f, y), INTEGERS);
    const VECTOR whole = __builtin_convertvector(n, VECTOR);
    const VECTOR r = (y - whole * 0.693359375f) + whole * 2.12194440e-4f;
    const VECTOR tail = 0.0416683890f + r * (0.00836871751f + r * 0.00138145959f);
    const VECTOR e = r * r * (0.49999994f + r * (0.16666521f + r * tail)) + r;
    const INTEGERS half = n >> 1;
    const VECTOR low = (VECTOR)((half + 127) << 23), high = (VECTOR)((n - half + 127) << 23);
>])
FORMULA([<exp>], [<return expf(x);>], [<
    const VECTOR y = AT_MOST(89.0f, AT_LEAST(-104.0f, x));
REDUCE[<>]m4_dnl
    return (e + 1.0f) * low * high;m4_dnl
>])

m4_dnl Of x <= 0.
FORMULA([<expm1>], [<return expm1f(x);>], [<
    const VECTOR y = AT_MOST(0.0f, AT_LEAST(-88.0f, x));
REDUCE[<>]m4_dnl
    return e * (low * high) + (low * high - 1.0f);m4_dnl
>])

m4_dnl Of 0 <= x <= 1: log(1 + x) = log(m) + k*log(2), m near 1; the rounding error of 1 + x is added.
FORMULA([<log1p>], [<return log1pf(x);>], [<
    const VECTOR y = x + 1.0f, lost = (x - (y - 1.0f)) / y;
    const VECTOR f = PICK(y, >, SPLAT(1.41421356f), 0.5f * y, y) - 1.0f;
    const VECTOR k = PICK(y, >, SPLAT(1.41421356f), SPLAT(0.693147181f), SPLAT(0.0f));
    const VECTOR tail = 0.141811967f + f * (-0.131287679f + f * (0.128816217f + f * -0.0785954595f));
    const VECTOR p = 0.333333164f + f * (-0.250008106f + f * (0.200022861f + f * (-0.166245535f + f * tail)));
    return f * f * (f * p - 0.5f) + f + k + lost;m4_dnl
>])

m4_dnl x = m*2^n with m from 0.707 to 1.414, so that log(x) = log(m) + n*log(2). Denormals are made normal first.
FORMULA([<log>], [<return logf(x);>], [<
    const VECTOR least = SPLAT(1.17549435e-38f), zero = SPLAT(0.0f);
    const VECTOR y = PICK(x, <, least, x * 8388608.0f, x), lost = PICK(x, <, least, SPLAT(23.0f), zero);
    const INTEGERS n = ((INTEGERS)y - 0x3f3504f3) >> 23;
    const VECTOR f = (VECTOR)((INTEGERS)y - (n << 23)) - 1.0f, k = __builtin_convertvector(n, VECTOR) - lost;
    const VECTOR tail = 0.141811967f + f * (-0.131287679f + f * (0.128816217f + f * -0.0785954595f));
    const VECTOR p = 0.333333164f + f * (-0.250008106f + f * (0.200022861f + f * (-0.166245535f + f * tail)));
    const VECTOR result = (f * f * (f * p - 0.5f) - k * 2.12194440e-4f) + f + k * 0.693359375f;
    const VECTOR positive = PICK(x, <, SPLAT(INFINITY), result, x);
    const VECTOR other = PICK(x, <, zero, SPLAT(NAN), SPLAT(-INFINITY));
    return PICK(x, <=, zero, other, positive);m4_dnl
>])

m4_dnl 1/sqrt(x): a first guess from the bits, of which Newton's method makes all digits. Denormals are made normal first.
FORMULA([<rsqrt>], [<return 1.0f / sqrtf(x);>], [<
    const VECTOR least = SPLAT(1.17549435e-38f), zero = SPLAT(0.0f), one = SPLAT(1.0f);
    const VECTOR y = PICK(x, <, least, x * 16777216.0f, x), factor = PICK(x, <, least, one * 4096.0f, one);
    const VECTOR half = 0.5f * y, guess = (VECTOR)(0x5f375a86 - ((INTEGERS)y >> 1));
    const VECTOR first = guess * (1.5f - half * guess * guess), second = first * (1.5f - half * first * first);
    const VECTOR result = second + second * (0.5f - half * second * second);
    const VECTOR finite = PICK(x, <, SPLAT(INFINITY), result * factor, zero);
    const VECTOR other = PICK(x, ==, zero, WITH_SIGN(INFINITY, x), SPLAT(NAN));
    return PICK(x, >, zero, finite, other);m4_dnl
>])

m4_dnl Of x >= 0: a polynomial near 0, from 1 on the exponential of one.
FORMULA([<erfc>], [<return erfcf(x);>], [<
    const VECTOR u = x * x, t = AT_MOST(4.5f, AT_LEAST(1.0f, x));
    const VECTOR first = -0.0268544443f + u * (0.00518953521f + u * (-0.000802084105f + u * 7.8891193e-05f));
    const VECTOR near = 1.0f - x * (1.12837911f + u * (-0.37612626f + u * (0.112836003f + u * first)));
    const VECTOR last = 0.0252082571f + t * (-0.00420456193f + t * (0.000441336364f + t * -2.16868502e-05f));
    const VECTOR far = 0.000188040227f + t * (-1.12957847f + t * (-0.633219898f + t * (-0.108418576f + t * last)));
    const VECTOR large = PICK(x, >, SPLAT(10.0f), SPLAT(0.0f), CALL_EXP(far));
    return PICK(x, <, SPLAT(1.0f), near, large);m4_dnl
>])

FORMULA([<tanh>], [<return tanhf(x);>], [<
    const VECTOR u = x * x, size = SIZE(x);
    const VECTOR far = WITH_SIGN(1.0f - 2.0f / (CALL_EXP(2.0f * size) + 1.0f), x);
    const VECTOR tail = -0.0537434965f + u * (0.0206505787f + u * -0.00571703704f);
    const VECTOR near = x * u * (-0.333332837f + u * (0.133314908f + u * tail)) + x;
    return PICK(size, <, SPLAT(0.625f), near, far);m4_dnl
>])

FORMULA([<scaled_tanh>], [<return FIRST * tanhf(SECOND * x);>], [<return FIRST * CALL_TANH(SECOND * x);>])

FORMULA([<elu>],
    [<return x > 0.0f ? x : FIRST * expm1f(x);>],
    [<return PICK(x, >, SPLAT(0.0f), x, FIRST * CALL_EXPM1(x));>])

FORMULA([<selu>],
    [<return 1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1f(x));>],
    [<return 1.05070099f * PICK(x, >, SPLAT(0.0f), x, 1.67326324f * CALL_EXPM1(x));>])

FORMULA([<sigmoid>], [<return 1.0f / (1.0f + expf(-x));>], [<return 1.0f / (1.0f + CALL_EXP(-x));>])

FORMULA([<silu>], [<return x / (1.0f + expf(-x));>], [<return x / (1.0f + CALL_EXP(-x));>])

m4_dnl With e = e^x, tanh(log(1 + e)) is e*(e + 2)/(e*(e + 2) + 2).
FORMULA([<mish>], [<return x * tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))));>], [<
    const VECTOR e = CALL_EXP(AT_MOST(20.0f, x)), square = e * (e + 2.0f);
    return x * (square / (square + 2.0f));m4_dnl
>])

FORMULA([<softplus>],
    [<return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));>],
    [<return AT_LEAST(0.0f, x) + CALL_LOG1P(CALL_EXP(-SIZE(x)));>])

FORMULA([<gelu>], [<return 0.5f * x * (1.0f + erff(0.707106781f * x));>], [<
    const VECTOR tail = 0.5f * CALL_ERFC(0.707106781f * SIZE(x));
    return x * PICK(x, <, SPLAT(0.0f), tail, 1.0f - tail);m4_dnl
>])

FORMULA([<gelu_tanh>],
    [<return 0.5f * x * (1.0f + tanhf(0.797884561f * (x + 0.044715f * x * x * x)));>],
    [<return 0.5f * x * (1.0f + CALL_TANH(0.797884561f * (x + 0.044715f * x * x * x)));>])
m4_divert(0)m4_dnl
