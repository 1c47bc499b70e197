m4_include([<train/train.m4>])m4_dnl
m4_dnl The same as derivative.m4 for each lane of a vector, of functions whose derivatives are costly.
m4_define([<DERIVATIVE>], [<m4_define([<DERIVATIVE_$1>], [<$2>])>])m4_dnl
m4_divert(-1)
DERIVATIVE([<exp>], [<return g * USED_exp[<>](x);>])
DERIVATIVE([<erf>], [<return g * 1.12837917f * USED_exp_below[<>](-x * x);>])
DERIVATIVE([<gelu>], [<
    const VECTOR cdf = 0.5f + 0.5f * USED_erf[<>](0.707106781f * x);
    return g * (cdf + 0.398942280f * x * USED_exp_below[<>](-0.5f * x * x));m4_dnl
>])
DERIVATIVE([<gelu_tanh>], [<
    const VECTOR t = USED_tanh[<>](0.797884561f * (x + 0.044715f * x * x * x));
    return 0.5f * g * (1.0f + t + x * (1.0f - t * t) * 0.797884561f * (1.0f + 0.134145f * x * x));m4_dnl
>])
DERIVATIVE([<silu>], [<
    const VECTOR s = USED_sigmoid[<>](x);
    return g * s * (1.0f + x * (1.0f - s));m4_dnl
>])
m4_dnl With e = e^x, tanh(log(1 + e)) is e*(e + 2)/(e*(e + 2) + 2).
DERIVATIVE([<mish>], [<
    const VECTOR e = USED_exp_below[<>](AT_MOST(20.0f, x)), square = e * (e + 2.0f), t = square / (square + 2.0f);
    return g * (t + x * (1.0f - t * t) * e / (1.0f + e));m4_dnl
>])
DERIVATIVE([<softplus>], [<return -g * USED_expm1[<>](-x);>])
m4_divert(0)m4_dnl
TARGET static inline __attribute__((always_inline)) VECTOR FUNCTION()(VECTOR g, VECTOR x)
{
    m4_indir([<DERIVATIVE_>]KIND)
}
