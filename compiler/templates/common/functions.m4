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

m4_dnl What compilers must not know: -ffast-math takes rounding by a large summand away.
FORMULA([<opaque>], [<return x;>], [</* Compilers do not see what x is. */
#ifdef OPAQUE_MACHINE
    __asm__("" : "[<+>]OPAQUE_CONSTRAINT"(x));
    return x;
#else
    const volatile VECTOR hidden = x;
    return hidden;
#endif>])

m4_dnl Exponentials: x = n*log(2) + r with n whole and r small, so that e^x = 2^n * e^r. x*log2(e) + ROUNDING is of a
m4_dnl size at which floats are whole numbers, and its last bits are n + 127, the exponent of 2^n: POWER_OF_2(sum). That
m4_dnl is 0 where n is -127, and infinite where n is 128; formulas keep x between.
m4_define([<ROUNDING>], [<12583039.0f>])
m4_define([<POWER_OF_2>], [<(VECTOR)((INTEGERS)$1 << 23)>])

m4_dnl Infinite above 88.7, 0 below -104.
FORMULA([<exp>], [<return expf(x);>], [<
    const VECTOR y = AT_MOST(89.0f, AT_LEAST(-104.0f, x));
    const VECTOR sum = CALL_OPAQUE(y * 1.44269504f + ROUNDING), whole = CALL_OPAQUE(sum - ROUNDING);
    const VECTOR r = (y - whole * 0.693145752f) - whole * 1.42860677e-6f;
    const VECTOR tail = 0.0416682921f + r * (0.0083687203f + r * 0.00138187315f);
    const VECTOR e = 1.0f + r * (1.0f + r * (0.49999994f + r * (0.16666521f + r * tail)));
    const INTEGERS n = __builtin_convertvector(whole, INTEGERS), half = n >> 1;
    return e * (VECTOR)((half + 127) << 23) * (VECTOR)((n - half + 127) << 23);m4_dnl
>])

m4_dnl Of x <= 88; 0 below -87.7, where floats are about to lose digits.
FORMULA([<exp_below>], [<return expf(x);>], [<
    const VECTOR y = AT_LEAST(-88.0f, x);
    const VECTOR sum = CALL_OPAQUE(y * 1.44269504f + ROUNDING), whole = CALL_OPAQUE(sum - ROUNDING);
    const VECTOR r = (y - whole * 0.693145752f) - whole * 1.42860677e-6f;
    const VECTOR square = r * r, tail = 0.0418914855f + r * 0.00831262581f;
    const VECTOR e = (1.0f + r) + square * ((0.499992222f + r * 0.166671172f) + square * tail);
    return e * POWER_OF_2(sum);m4_dnl
>])

m4_dnl 1 + e^-x; infinite below -88.4.
FORMULA([<sigmoid_divisor>], [<return 1.0f + expf(-x);>], [<
    const VECTOR y = AT_MOST(88.0f, AT_LEAST(-88.8f, x));
    const VECTOR sum = CALL_OPAQUE(ROUNDING - y * 1.44269504f), whole = CALL_OPAQUE(sum - ROUNDING);
    const VECTOR r = (y + whole * 0.693145752f) + whole * 1.42860677e-6f;
    const VECTOR square = r * r, tail = 0.0418914855f - r * 0.00831262581f;
    const VECTOR e = (1.0f - r) + square * ((0.499992222f - r * 0.166671172f) + square * tail);
    return 1.0f + e * POWER_OF_2(sum);m4_dnl
>])

m4_dnl Of x <= 0.
FORMULA([<expm1>], [<return expm1f(x);>], [<
    const VECTOR y = AT_LEAST(-88.0f, x);
    const VECTOR sum = CALL_OPAQUE(y * 1.44269504f + ROUNDING), whole = CALL_OPAQUE(sum - ROUNDING);
    const VECTOR r = (y - whole * 0.693145752f) - whole * 1.42860677e-6f, power = POWER_OF_2(sum);
    const VECTOR square = r * r, tail = (0.041667439f + r * 0.00836645253f) + square * 0.00138705759f;
    const VECTOR e = r + square * ((0.49999997f + r * 0.16666545f) + square * tail);
    return e * power - (1.0f - power);m4_dnl
>])

m4_dnl Of 0 <= x <= 1: a rational function.
FORMULA([<log1p>], [<return log1pf(x);>], [<
    const VECTOR p = 1.0f + x * (0.869513273f + x * 0.124637753f);
    const VECTOR q = 1.0f + x * (1.36951184f + x * (0.476088047f + x * 0.031351965f));
    return x * p / q;m4_dnl
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

m4_dnl 1/sqrt(x): a first guess from the bits, of which Newton's method makes all digits. Denormals are made normal
m4_dnl first.
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

m4_dnl A rational function up to where 1 is the nearest float; rounding must not lead beyond.
FORMULA([<tanh>], [<return tanhf(x);>], [<
    const VECTOR y = AT_MOST(8.6f, AT_LEAST(-8.6f, x)), u = y * y;
    const VECTOR p = 1.0f + u * (0.134095564f + u * (0.00352946622f + u * (2.11677743e-5f + u * 1.41350842e-8f)));
    const VECTOR q = 1.0f + u * (0.467428833f + u * (0.0260058697f + u * (0.00033410691f + u * 8.0943954e-7f)));
    return AT_MOST(1.0f, AT_LEAST(-1.0f, y * p / q));m4_dnl
>])

FORMULA([<scaled_tanh>], [<return FIRST * tanhf(SECOND * x);>], [<return FIRST * CALL_TANH(SECOND * x);>])

FORMULA([<elu>],
    [<return x > 0.0f ? x : FIRST * expm1f(x);>],
    [<return AT_LEAST(0.0f, x) + FIRST * CALL_EXPM1(AT_MOST(0.0f, x));>])

FORMULA([<selu>],
    [<return 1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1f(x));>],
    [<return 1.05070099f * AT_LEAST(0.0f, x) + 1.75809934f * CALL_EXPM1(AT_MOST(0.0f, x));>])

FORMULA([<sigmoid>], [<return 1.0f / (1.0f + expf(-x));>], [<return 1.0f / CALL_SIGMOID_DIVISOR(x);>])

FORMULA([<silu>], [<return x / (1.0f + expf(-x));>], [<return x / CALL_SIGMOID_DIVISOR(x);>])

m4_dnl With e = e^x, tanh(log(1 + e)) is e*(e + 2)/(e*(e + 2) + 2).
FORMULA([<mish>], [<return x * tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))));>], [<
    const VECTOR e = CALL_EXP_BELOW(AT_MOST(20.0f, x)), square = e * (e + 2.0f);
    return x * (square / (square + 2.0f));m4_dnl
>])

FORMULA([<softplus>],
    [<return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));>],
    [<return AT_LEAST(0.0f, x) + CALL_LOG1P(CALL_EXP_BELOW((VECTOR)((INTEGERS)x | (int)0x80000000)));>])

m4_dnl x*P(X > -x), which is max(0, x) - |x|*P(X > |x|): that is the fourth power of a rational function.
FORMULA([<gelu>], [<return 0.5f * x * (1.0f + erff(0.707106781f * x));>], [<
    const VECTOR y = AT_MOST(14.0f, x), size = SIZE(y), t = AT_MOST(1e6f, size);
    const VECTOR square = t * t, last = (2.18805781e-5f - t * 2.9201061e-6f) + square * 2.21573282e-6f;
    const VECTOR tail = (0.00060012791f + t * 0.000515679945f) + square * last;
    const VECTOR middle = (0.0780405477f + t * 0.00543354591f) + square * tail;
    const VECTOR divisor = (1.1892072f - t * 0.059923619f) + square * middle;
    const VECTOR root = (1.0f + t * (-0.249858096f + t * 0.0159742758f)) / divisor, half = root * root;
    return AT_LEAST(0.0f, x) - size * (half * half);m4_dnl
>])

m4_dnl x*sigmoid(2*z) with z = 0.797884561*(x + 0.044715*x^3).
FORMULA([<gelu_tanh>],
    [<return 0.5f * x * (1.0f + tanhf(0.797884561f * (x + 0.044715f * x * x * x)));>],
    [<return x / CALL_SIGMOID_DIVISOR(x * (1.59576912f + 0.0713548163f * (x * x)));>])
m4_divert(0)m4_dnl
