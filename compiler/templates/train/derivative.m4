m4_include([<train/train.m4>])m4_dnl
m4_dnl A gradient g of the function KIND's result, times the function's derivative: by its result y where FROM_RESULT,
m4_dnl else by what it was applied to, x. DERIVATIVE(word, body).
m4_define([<DERIVATIVE>], [<m4_define([<DERIVATIVE_$1>], [<$2>])>])m4_dnl
m4_divert(-1)
DERIVATIVE([<relu>], [<return y > 0.0f ? g : 0.0f;>])
DERIVATIVE([<relu6>], [<return y > 0.0f && y < 6.0f ? g : 0.0f;>])
DERIVATIVE([<leaky>], [<return IF(FROM_RESULT, y, x) > 0.0f ? g : FIRST * g;>])
DERIVATIVE([<abs>], [<return x > 0.0f ? g : x < 0.0f ? -g : 0.0f;>])
DERIVATIVE([<clip>], [<return x >= FIRST && x <= SECOND ? g : 0.0f;>])
DERIVATIVE([<softsign>], [<return g * (1.0f - fabsf(y)) * (1.0f - fabsf(y));>])
DERIVATIVE([<hardsigmoid>], [<return y > 0.0f && y < 1.0f ? g / 6.0f : 0.0f;>])
DERIVATIVE([<hardswish>], [<return x < -3.0f ? 0.0f : x < 3.0f ? g * (x / 3.0f + 0.5f) : g;>])
DERIVATIVE([<exp>], [<return g * expf(x);>])
DERIVATIVE([<tanh>], [<return g * (1.0f - y * y);>])
DERIVATIVE([<scaled_tanh>], [<return IF(FROM_RESULT, [<g * SECOND * (FIRST - y * y / FIRST)>],
    [<g * FIRST * SECOND * (1.0f - tanhf(SECOND * x) * tanhf(SECOND * x))>]);>])
DERIVATIVE([<elu>], [<return IF(FROM_RESULT, [<y > 0.0f ? g : g * (y + FIRST)>],
    [<x > 0.0f ? g : g * FIRST * expf(x)>]);>])
DERIVATIVE([<selu>], [<return y > 0.0f ? 1.05070099f * g : g * (y + 1.75809934f);>])
DERIVATIVE([<sigmoid>], [<return g * y * (1.0f - y);>])
DERIVATIVE([<softplus>], [<return g * -expm1f(-y);>])
DERIVATIVE([<silu>], [<
    const float s = 1.0f / (1.0f + expf(-x));
    return g * s * (1.0f + x * (1.0f - s));m4_dnl
>])
DERIVATIVE([<mish>], [<
    const float t = tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))));
    return g * (t + x * (1.0f - t * t) / (1.0f + expf(-x)));m4_dnl
>])
DERIVATIVE([<gelu>], [<return g * (0.5f * (1.0f + erff(0.707106781f * x)) + 0.398942280f * x * expf(-0.5f * x * x));>])
DERIVATIVE([<gelu_tanh>], [<
    const float t = tanhf(0.797884561f * (x + 0.044715f * x * x * x));
    return 0.5f * g * (1.0f + t + x * (1.0f - t * t) * 0.797884561f * (1.0f + 0.134145f * x * x));m4_dnl
>])
DERIVATIVE([<neg>], [<
    (void)x;
    return -g;m4_dnl
>])
DERIVATIVE([<times>], [<
    (void)x;
    return FIRST * g;m4_dnl
>])
DERIVATIVE([<square>], [<return 2.0f * g * x;>])
DERIVATIVE([<sqrt>], [<return 0.5f * g / y;>])
DERIVATIVE([<rsqrt>], [<return -0.5f * g * y * y * y;>])
DERIVATIVE([<reciprocal>], [<return -g * y * y;>])
DERIVATIVE([<power>], [<return (FIRST) == 0.0f ? 0.0f : g * FIRST * powf(x, (FIRST) - 1.0f);>])
DERIVATIVE([<log>], [<return g / x;>])
DERIVATIVE([<erf>], [<return g * 1.12837917f * expf(-x * x);>])
DERIVATIVE([<sin>], [<return g * cosf(x);>])
DERIVATIVE([<cos>], [<return -g * sinf(x);>])
DERIVATIVE([<tan>], [<return g * (1.0f + y * y);>])
DERIVATIVE([<asin>], [<return g / sqrtf(1.0f - x * x);>])
DERIVATIVE([<acos>], [<return -g / sqrtf(1.0f - x * x);>])
DERIVATIVE([<atan>], [<return g / (1.0f + x * x);>])
DERIVATIVE([<sinh>], [<return g * coshf(x);>])
DERIVATIVE([<cosh>], [<return g * sinhf(x);>])
DERIVATIVE([<asinh>], [<return g / sqrtf(x * x + 1.0f);>])
DERIVATIVE([<acosh>], [<return g / sqrtf(x * x - 1.0f);>])
DERIVATIVE([<atanh>], [<return g / (1.0f - x * x);>])
DERIVATIVE([<shrink>], [<return x < -(FIRST) || x > FIRST ? g : 0.0f;>])
DERIVATIVE([<threshold>], [<return x > FIRST ? g : 0.0f;>])
m4_dnl Steps, which are level between their jumps.
m4_define([<LEVEL>], [<
    (void)g, (void)x;
    return 0.0f;m4_dnl
>])
DERIVATIVE([<floor>], [<LEVEL>])
DERIVATIVE([<ceil>], [<LEVEL>])
DERIVATIVE([<round>], [<LEVEL>])
DERIVATIVE([<sign>], [<LEVEL>])
DERIVATIVE([<above>], [<LEVEL>])
DERIVATIVE([<below>], [<LEVEL>])
DERIVATIVE([<equals>], [<LEVEL>])
m4_divert(0)m4_dnl
WHERE inline float FUNCTION()(LIST([<float g>], IF(FROM_RESULT, [<float y>], [<float x>])))
{
    m4_indir([<DERIVATIVE_>]KIND)
}
