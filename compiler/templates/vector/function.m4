m4_dnl A function of one number, KIND, of each lane of a vector. It is inlined, so that kernels keep their registers.
m4_dnl A machine, and the constraint of its vectors in assembly code that hides what they hold.
m4_define([<OPAQUE_MACHINE>], [<IS(ISA, wasm128, __wasm__, [<VECTOR_MACHINE>])>])m4_dnl
m4_define([<OPAQUE_CONSTRAINT>], [<IS(ISA, wasm128, r, [<VECTOR_CONSTRAINT>])>])m4_dnl
m4_define([<CALL_OPAQUE>], [<USED_opaque[<>]($@)>])m4_dnl
m4_define([<CALL_EXP_BELOW>], [<USED_exp_below[<>]($@)>])m4_dnl
m4_define([<CALL_SIGMOID_DIVISOR>], [<USED_sigmoid_divisor[<>]($@)>])m4_dnl
m4_define([<CALL_EXPM1>], [<USED_expm1[<>]($@)>])m4_dnl
m4_define([<CALL_LOG1P>], [<USED_log1p[<>]($@)>])m4_dnl
m4_define([<CALL_EXP>], [<USED_exp[<>]($@)>])m4_dnl
m4_define([<CALL_LOG>], [<USED_log[<>]($@)>])m4_dnl
m4_define([<CALL_RSQRT>], [<USED_rsqrt[<>]($@)>])m4_dnl
m4_define([<CALL_SQRT>], [<USED_sqrt[<>]($@)>])m4_dnl
m4_define([<CALL_TANH>], [<USED_tanh[<>]($@)>])m4_dnl
m4_define([<FORMULA>], [<m4_define([<BODY_$1>], [<$3>])>])m4_dnl
m4_include([<common/functions.m4>])m4_dnl
TARGET static inline __attribute__((always_inline)) VECTOR FUNCTION()(LIST([<VECTOR x>], IF(SLOPED, [<VECTOR slope>])))
{
    m4_indir([<BODY_>]KIND)
}

