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

FORMULA([<neg>], [<return -x;>], [<return -x;>])

m4_dnl A mean's share of a sum.
FORMULA([<times>], [<return FIRST * x;>], [<return FIRST * x;>])

FORMULA([<square>], [<return x * x;>], [<return x * x;>])

FORMULA([<reciprocal>], [<return 1.0f / x;>], [<return 1.0f / x;>])

m4_dnl x/sqrt(x), where that is a number.
FORMULA([<sqrt>], [<return sqrtf(x);>], [<
    const VECTOR finite = PICK(x, <, SPLAT(INFINITY), x * CALL_RSQRT(x), x);
    return PICK(x, ==, SPLAT(0.0f), x, finite);m4_dnl
>])

m4_dnl Lane by lane: in floats, e^(a*log(x)) loses a digit for each digit of its exponent.
FORMULA([<power>], [<return powf(x, FIRST);>], [<
    VECTOR y = x;
    for (int lane = 0; lane < LANES; lane++)
        y[lane] = powf(x[lane], FIRST);
    return y;m4_dnl
>])

m4_dnl Near 0 a polynomial in x^2; beyond, 1 - 2*P(X > |x|*sqrt(2)), as GELU has it.
FORMULA([<erf>], [<return erff(x);>], [<
    const VECTOR size = SIZE(x), square = x * x, t = AT_MOST(10.0f, size * 1.41421356f), tt = t * t;
    const VECTOR low = 1.12837911f + square * (-0.376125246f + square * 0.112821408f);
    const VECTOR high = -0.0267789084f + square * (0.00501196226f - square * 0.000609035778f);
    const VECTOR near = x * (low + square * square * square * high);
    const VECTOR last = (2.18805781e-5f - t * 2.9201061e-6f) + tt * 2.21573282e-6f;
    const VECTOR tail = (0.00060012791f + t * 0.000515679945f) + tt * last;
    const VECTOR middle = (0.0780405477f + t * 0.00543354591f) + tt * tail;
    const VECTOR divisor = (1.1892072f - t * 0.059923619f) + tt * middle;
    const VECTOR root = (1.0f + t * (-0.249858096f + t * 0.0159742758f)) / divisor, half = root * root;
    return PICK(size, <, SPLAT(0.9f), near, WITH_SIGN(1.0f - 2.0f * (half * half), x));m4_dnl
>])

m4_dnl Adding 2^23 rounds numbers below it to whole ones, of two that are as near to the even one; larger ones are whole
m4_dnl already.
m4_define([<IF_SMALL>], [<PICK(SIZE(x), <, SPLAT(8388608.0f), $1, x)>])

FORMULA([<floor>], [<return floorf(x);>], [<
    const VECTOR near = WITH_SIGN(CALL_OPAQUE(CALL_OPAQUE(SIZE(x) + 8388608.0f) - 8388608.0f), x);
    const VECTOR below = PICK(near, >, x, near - 1.0f, near);
    return IF_SMALL(below);m4_dnl
>])

FORMULA([<ceil>], [<return ceilf(x);>], [<
    const VECTOR near = WITH_SIGN(CALL_OPAQUE(CALL_OPAQUE(SIZE(x) + 8388608.0f) - 8388608.0f), x);
    const VECTOR above = PICK(near, <, x, near + 1.0f, near);
    return IF_SMALL(WITH_SIGN(SIZE(above), x));m4_dnl
>])

FORMULA([<round>], [<return rintf(x);>], [<
    const VECTOR near = WITH_SIGN(CALL_OPAQUE(CALL_OPAQUE(SIZE(x) + 8388608.0f) - 8388608.0f), x);
    return IF_SMALL(near);m4_dnl
>])

FORMULA([<sign>], [<return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;>], [<
    const VECTOR zero = SPLAT(0.0f), other = PICK(x, <, zero, SPLAT(-1.0f), x);
    return PICK(x, >, zero, SPLAT(1.0f), other);m4_dnl
>])

m4_dnl sin and cos: r = x - n*pi, n whole (with a half, for cos), between -pi/2 and pi/2. pi is a sum whose first three
m4_dnl parts have eight bits, so that their products with an n of 16 bits are exact; -ffast-math would join the parts.
m4_dnl Beyond 1e5, lane by lane.
m4_define([<LESS_TURNS>], [<CALL_OPAQUE(CALL_OPAQUE(x - $1 * 3.140625f) - $1 * 0.000965118408203125f) - m4_dnl
$1 * 2.53319740295410156e-6f - $1 * 1.98418726e-9f>])
m4_define([<SINE>], [<$1 + $1 * square * (-0.166666597f + square * (0.00833306555f + m4_dnl
square * (-0.000198095382f + square * 2.6056307e-6f)))>])
m4_define([<FAR_LANES>], [<
    const VECTOR size = SIZE(x);
    int far = 0;
    for (int lane = 0; lane < LANES; lane++)
        far |= size[lane] > 1e5f;
    for (int lane = 0; far && lane < LANES; lane++)
        if (size[lane] > 1e5f)
            y[lane] = $1(x[lane]);>])

FORMULA([<sin>], [<return sinf(x);>], [<
    const VECTOR sum = CALL_OPAQUE(x * 0.318309886f + 12582912.0f), n = CALL_OPAQUE(sum - 12582912.0f);
    const VECTOR r = LESS_TURNS(n), square = r * r, sine = SINE(r);
    VECTOR y = (VECTOR)((INTEGERS)sine ^ ((INTEGERS)sum << 31));FAR_LANES(sinf)
    return y;m4_dnl
>])

FORMULA([<cos>], [<return cosf(x);>], [<
    const VECTOR sum = CALL_OPAQUE(CALL_OPAQUE(x * 0.318309886f - 0.5f) + 12582912.0f);
    const VECTOR n = CALL_OPAQUE(CALL_OPAQUE(sum - 12582912.0f) + 0.5f);
    const VECTOR r = LESS_TURNS(n), square = r * r, sine = SINE(r);
    VECTOR y = (VECTOR)((INTEGERS)sine ^ (((INTEGERS)sum + 1) << 31));FAR_LANES(cosf)
    return y;m4_dnl
>])

m4_dnl r = x - n*pi/2 between -pi/4 and pi/4; tan(r), or -1/tan(r) for an odd n.
FORMULA([<tan>], [<return tanf(x);>], [<
    const VECTOR sum = CALL_OPAQUE(x * 0.636619772f + 12582912.0f), n = CALL_OPAQUE(sum - 12582912.0f);
    const VECTOR two = CALL_OPAQUE(CALL_OPAQUE(x - n * 1.5703125f) - n * 0.0004825592041015625f);
    const VECTOR r = (two - n * 1.26659870147705078e-6f) - n * 9.9209363e-10f;
    const VECTOR square = r * r, fourth = square * square;
    const VECTOR low = 0.333331555f + square * 0.13338834f, middle = 0.0534083955f + square * 0.0244406294f;
    const VECTOR tail = 0.00310278661f + square * 0.00939571578f;
    const VECTOR t = r + r * square * (low + fourth * (middle + fourth * tail));
    const INTEGERS odd = -((INTEGERS)sum & 1);
    VECTOR y = (VECTOR)(((INTEGERS)(-1.0f / t) & odd) | ((INTEGERS)t & ~odd));FAR_LANES(tanf)
    return y;m4_dnl
>])

m4_dnl Of |x| <= 1/2, or of sqrt((1 - |x|)/2): x + x^3*p(x^2).
m4_define([<HALF_ARC>], [<
    const VECTOR size = SIZE(x), middle = SPLAT(0.5f), rest = 0.5f - 0.5f * size;
    const VECTOR square = PICK(size, >, middle, rest, x * x), s = PICK(size, >, middle, $1, size);
    const VECTOR tail = 0.0749524161f + square * (0.045477096f + square * (0.0241476111f + square * 0.0422185473f));
    const VECTOR arc = s + s * square * (0.166667536f + square * tail);>])

FORMULA([<asin>], [<return asinf(x);>], [<HALF_ARC([<CALL_SQRT(rest)>])
    const VECTOR result = PICK(size, >, middle, 1.57079633f - 2.0f * arc, arc);
    return WITH_SIGN(result, x);m4_dnl
>])

FORMULA([<acos>], [<return acosf(x);>], [<HALF_ARC([<CALL_SQRT(rest)>])
    const VECTOR far = PICK(x, >, SPLAT(0.0f), 2.0f * arc, 3.14159265f - 2.0f * arc);
    return PICK(size, >, middle, far, 1.57079633f - WITH_SIGN(arc, x));m4_dnl
>])

m4_dnl atan(t) = a + atan(z), with z = (t - 1)/(t + 1) and a = pi/4 above tan(pi/8), z = -1/t and a = pi/2 above
m4_dnl tan(3*pi/8).
FORMULA([<atan>], [<return atanf(x);>], [<
    const VECTOR t = SIZE(x), one = SPLAT(1.0f), low = SPLAT(0.414213562f), high = SPLAT(2.41421356f);
    const VECTOR low_top = PICK(t, >, low, t - 1.0f, t), top = PICK(t, >, high, -one, low_top);
    const VECTOR low_base = PICK(t, >, low, t + 1.0f, one), base = PICK(t, >, high, t, low_base);
    const VECTOR low_start = PICK(t, >, low, 0.785398163f * one, 0.0f * one);
    const VECTOR start = PICK(t, >, high, 1.57079633f * one, low_start), z = top / base, square = z * z;
    const VECTOR p = -0.333329529f + square * (0.199778065f + square * (-0.138784483f + square * 0.0805543438f));
    return WITH_SIGN(start + (z + z * square * p), x);m4_dnl
>])

m4_dnl With h = e^(|x|/2), which is finite where the result is: (h^2 - 1/h^2)/2, and the series of sinh below 1.
FORMULA([<sinh>], [<return sinhf(x);>], [<
    const VECTOR size = SIZE(x), h = CALL_EXP(0.5f * size), square = x * x;
    const VECTOR near = x + x * square * (0.166667178f + square * (0.00833021104f + square * 0.000203774063f));
    const VECTOR far = (0.5f * h) * h - 0.5f / (h * h);
    return PICK(size, <, SPLAT(1.0f), near, WITH_SIGN(far, x));m4_dnl
>])

FORMULA([<cosh>], [<return coshf(x);>], [<
    const VECTOR h = CALL_EXP(0.5f * SIZE(x));
    return (0.5f * h) * h + 0.5f / (h * h);m4_dnl
>])

m4_dnl log(t + sqrt(t^2 + 1)), t = |x|, whose logarithm log1p takes up to 3/4, where it is log(2).
FORMULA([<asinh>], [<return asinhf(x);>], [<
    const VECTOR t = SIZE(x), root = CALL_SQRT(t * t + 1.0f), near = t + t * t / (1.0f + root);
    const VECTOR half = PICK(t, >, SPLAT(1e4f), t, 0.5f * (t + root)), one = SPLAT(1.0f);
    const VECTOR small = CALL_LOG1P(PICK(t, >, SPLAT(0.75f), one, near)), large = CALL_LOG(half) + 0.693147181f;
    return WITH_SIGN(PICK(t, >, SPLAT(0.75f), large, small), x);m4_dnl
>])

m4_dnl log(x + sqrt(x^2 - 1)); with d = x - 1 it is log1p(d + sqrt(d*(d + 2))), up to d = 1/4. musl's acoshf makes
m4_dnl numbers of some x below -2.
FORMULA([<acosh>], [<return x < 1.0f ? NAN : acoshf(x);>], [<
    const VECTOR d = x - 1.0f, root = CALL_SQRT(d * (d + 2.0f)), near = d + root;
    const VECTOR half = PICK(x, >, SPLAT(1e4f), x, 0.5f * (x + root)), zero = SPLAT(0.0f);
    const VECTOR small = CALL_LOG1P(PICK(d, >, SPLAT(0.25f), zero, near)), large = CALL_LOG(half) + 0.693147181f;
    const VECTOR result = PICK(d, >, SPLAT(0.25f), large, small);
    return PICK(x, <, SPLAT(1.0f), SPLAT(NAN), result);m4_dnl
>])

m4_dnl log((1 + t)/(1 - t))/2, t = |x|; up to 1/3, log1p(2*t/(1 - t))/2.
FORMULA([<atanh>], [<return atanhf(x);>], [<
    const VECTOR t = SIZE(x), third = SPLAT(0.333333333f), rest = 1.0f - t, near = (t + t) / rest;
    const VECTOR small = CALL_LOG1P(PICK(t, >, third, third, near)), large = CALL_LOG((1.0f + t) / rest);
    return WITH_SIGN(0.5f * PICK(t, >, third, large, small), x);m4_dnl
>])

FORMULA([<shrink>],
    [<return x < -(FIRST) ? x + SECOND : x > FIRST ? x - SECOND : x != x ? x : 0.0f;>], [<
    const VECTOR none = PICK(x, ==, x, SPLAT(0.0f), x), above = PICK(x, >, SPLAT(FIRST), x - SECOND, none);
    return PICK(x, <, SPLAT(-(FIRST)), x + SECOND, above);m4_dnl
>])

FORMULA([<threshold>], [<return x > FIRST || x != x ? x : SECOND;>], [<
    const VECTOR none = PICK(x, ==, x, SPLAT(SECOND), x);
    return PICK(x, >, SPLAT(FIRST), x, none);m4_dnl
>])

m4_dnl Comparisons; with a NaN they are false.
FORMULA([<above>], [<return x > FIRST ? 1.0f : 0.0f;>],
    [<return PICK(x, >, SPLAT(FIRST), SPLAT(1.0f), SPLAT(0.0f));>])

FORMULA([<below>], [<return x < FIRST ? 1.0f : 0.0f;>],
    [<return PICK(x, <, SPLAT(FIRST), SPLAT(1.0f), SPLAT(0.0f));>])

FORMULA([<equals>], [<return x == FIRST ? 1.0f : 0.0f;>],
    [<return PICK(x, ==, SPLAT(FIRST), SPLAT(1.0f), SPLAT(0.0f));>])
m4_divert(0)m4_dnl
