m4_dnl An activation: a function of one number (a PRELU also takes its slope). FIRST and SECOND are
m4_dnl the layer's arguments. A NaN stays a NaN: comparisons with one fail, so that x is what is left.
m4_define([<BODY_relu>], [<return x < 0.0f ? 0.0f : x;>])m4_dnl
m4_define([<BODY_relu6>], [<return x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x;>])m4_dnl
m4_define([<BODY_leaky>], [<return x > 0.0f ? x : FIRST * x;>])m4_dnl
m4_define([<BODY_prelu>], [<return x > 0.0f ? x : slope * x;>])m4_dnl
m4_define([<BODY_elu>], [<return x > 0.0f ? x : FIRST * expm1f(x);>])m4_dnl
m4_define([<BODY_selu>], [<return 1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1f(x));>])m4_dnl
m4_define([<BODY_sigmoid>], [<return 1.0f / (1.0f + expf(-x));>])m4_dnl
m4_define([<BODY_tanh>], [<return tanhf(x);>])m4_dnl
m4_define([<BODY_scaled_tanh>], [<return FIRST * tanhf(SECOND * x);>])m4_dnl
m4_define([<BODY_hardsigmoid>], [<const float y = x / 6.0f + 0.5f;
    return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;>])m4_dnl
m4_define([<BODY_hardswish>], [<const float y = x / 6.0f + 0.5f;
    return x * (y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y);>])m4_dnl
m4_define([<BODY_silu>], [<return x / (1.0f + expf(-x));>])m4_dnl
m4_define([<BODY_gelu>], [<return 0.5f * x * (1.0f + erff(0.707106781f * x));>])m4_dnl
m4_define([<BODY_gelu_tanh>], [<return 0.5f * x * (1.0f + tanhf(0.797884561f * (x + 0.044715f * x * x * x)));>])m4_dnl
m4_define([<BODY_softplus>], [<return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));>])m4_dnl
m4_define([<BODY_mish>], [<return x * tanhf((x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))));>])m4_dnl
m4_define([<BODY_softsign>], [<return x / (1.0f + fabsf(x));>])m4_dnl
m4_define([<BODY_abs>], [<return fabsf(x);>])m4_dnl
m4_define([<BODY_clip>], [<return x < FIRST ? FIRST : x > SECOND ? SECOND : x;>])m4_dnl
static inline float @function@(LIST([<float x>], IS(KIND, prelu, [<float slope>])))
{
    m4_indir([<BODY_>]KIND)
}
