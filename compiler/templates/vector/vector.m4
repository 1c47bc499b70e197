m4_divert(-1)
m4_dnl What the templates of the fast targets share. Each is read once for every instruction set of the
m4_dnl target, with LANES (floats in a vector: 16, 8 or 4), ISA (the suffix of names: avx512, avx2, sse2 or
m4_dnl neon) and TARGET (the attribute that lets the compiler use it) defined.

m4_dnl The name of the kernel's function, one for each instruction set.
m4_define([<FUNCTION>], [<@function@_[<>]ISA>])

m4_dnl EACH(name, count, text): text with name = 0, 1, ... count - 1.
m4_define([<EACH>], [<EACH_FROM([<$1>], 0, [<$2>], [<$3>])>])
m4_define([<EACH_FROM>], [<m4_ifelse(m4_eval($2 < $3), 1, [<m4_pushdef([<$1>], [<$2>])$4[<>]m4_popdef([<$1>])EACH_FROM([<$1>], m4_incr($2), [<$3>], [<$4>])>])>])

m4_dnl One vector: its type, a load and a store; the _AT forms do not need an aligned address.
m4_define([<VECTOR>], [<v[<>]LANES>])
m4_define([<LOAD>], [<*(const VECTOR *)($1)>])
m4_define([<LOAD_AT>], [<*(const VECTOR[<>]u *)($1)>])
m4_define([<STORE>], [<*(VECTOR *)($1) = $2;>])
m4_define([<STORE_AT>], [<*(VECTOR[<>]u *)($1) = $2;>])
m4_dnl The lower (0) or upper (1) half of a vector that is a variable.
m4_define([<STORE_HALF>], [<*(h[<>]LANES[<>]u *)($1) = ((const h[<>]LANES *)&$2)[$3];>])

m4_dnl Offsets as C: AT(pointer, offset) is pointer or pointer + offset.
m4_define([<AT>], [<PLUS([<$1>], m4_eval($2))>])

m4_dnl NUMBER(x, then, else): is x a number, and no expression of C?
m4_define([<NUMBER>], [<m4_ifelse(m4_regexp([<$1>], [<^[0-9]+$>]), 0, [<$2>], [<$3>])>])
m4_dnl SCALE(x, n) is x * n, computed if x is a number; PRODUCT(a, b) of two numbers; STEPS(x, step, count) is x * step, for
m4_dnl a variable below count or a number. The latter two are longs where an int would not do.
m4_define([<SCALE>], [<NUMBER([<$1>], [<m4_eval($1 * $2)>], [<TIMES([<$1>], $2)>])>])
m4_define([<PRODUCT>], [<IF($2 > 2147483647 / ($1), [<$1 * (long)$2>], [<m4_eval($1 * $2)>])>])
m4_define([<STEPS>], [<NUMBER([<$1>], [<m4_eval($1 * $2)>], [<IF($2 > 2147483647 / ($3), [<$1 * (long)m4_eval($2)>], [<TIMES([<$1>], m4_eval($2))>])>])>])
m4_dnl HALO: has the result one?
m4_define([<HALO>], [<m4_eval(HALO_TOP + HALO_LEFT + HALO_BOTTOM + HALO_RIGHT)>])

m4_dnl VECTOR_ACTIVATE(x): the activation of a vector, as an expression; x is a name.
m4_define([<VECTOR_ACTIVATE>], [<m4_indir([<VECTOR_>]VECTOR_ACTIVATION, [<$1>])>])
m4_define([<VECTOR_none>], [<$1>])
m4_define([<VECTOR_relu>], [<RELU_[<>]LANES[<>]($1)>])
m4_define([<VECTOR_clip>], [<MIN_[<>]LANES[<>](MAX_[<>]LANES[<>]($1, SPLAT_[<>]LANES[<>](VECTOR_LOW)), SPLAT_[<>]LANES[<>](VECTOR_HIGH))>])
m4_define([<VECTOR_relu6>], [<MIN_[<>]LANES[<>](RELU_[<>]LANES[<>]($1), SPLAT_[<>]LANES[<>](6.0f))>])
m4_define([<VECTOR_leaky>], [<MAX_[<>]LANES[<>]($1, $1 * VECTOR_LOW)>])

m4_dnl The halo of a blocked tensor: zeroed by the kernel that writes the tensor.
m4_define([<ZERO_HALO>], [<IF(HALO, [<IF(SHARED, [<if (part == 0)
        >])@name@_zero_halo($1, $2, $3, $4, HALO_TOP, m4_eval(HALO_LEFT * 16), OUT_H, m4_eval(OUT_W * 16), m4_eval(HALO_RIGHT * 16), HALO_BOTTOM);>])>])

m4_dnl Kernels that are worth it can be shared between threads (SHARED): WORK(parameters) begins the function
m4_dnl of one part out of `parts'; FIRST_OF and END_OF cut a range; SHARE(names) writes the function
m4_dnl that the network calls, which hands the parts to the context's threads.
m4_define([<WORK>], [<TARGET static void FUNCTION[<>]IF(SHARED, [<_part>])(m4_patsubst([<$*>], [<,>], [<, >])[<>]IF(SHARED, [<, int part, int parts>]))>])
m4_define([<FIRST_OF>], [<IF(SHARED, [<CUT([<$1>], part)>], 0)>])
m4_define([<END_OF>], [<IF(SHARED, [<CUT([<$1>], (part + 1))>], [<$1>])>])
m4_define([<CUT>], [<IF($1 > 2147483647 / 1024, [<(int)((long)$1 * $2 / parts)>], [<$1 * $2 / parts>])>])
m4_define([<EACH_NAME>], [<m4_ifelse([<$2>], [<>], [<>], [<m4_pushdef([<TENSOR>], [<$2>])$1[<>]m4_popdef([<TENSOR>])EACH_NAME([<$1>], m4_shift(m4_shift($@)))>])>])
m4_define([<SHARE>], [<IF(SHARED, [<
struct FUNCTION[<>]_call {
    const float EACH_NAME([<*TENSOR, >], $@)*last;
    float *out;
};

static void FUNCTION[<>]_task(void *argument, int part, int parts, void *scratch)
{
    const struct FUNCTION[<>]_call *const call = (const struct FUNCTION[<>]_call *)argument;
    IF(SCRATCH, [<>], [<(void)scratch;>])
    FUNCTION[<>]_part(EACH_NAME([<call->TENSOR, >], $@)call->out, IF(SCRATCH, [<(float *)scratch, >])part, parts);
}

static void FUNCTION[<>](const struct cnn_context *context, EACH_NAME([<const float *TENSOR, >], $@)float *out)
{
    struct FUNCTION[<>]_call call = {EACH_NAME([<TENSOR, >], $@)NULL, out};
    if (context->pool)
        context->pool->run(context->pool, FUNCTION[<>]_task, &call, context->pool->threads);
    else
        FUNCTION[<>]_task(&call, 0, 1, context->scratch);
}
>])>])
m4_divert(0)m4_dnl
