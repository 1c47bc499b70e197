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

m4_dnl VECTOR_ACTIVATE(x): the activation of a vector, as an expression; x is a name.
m4_define([<VECTOR_ACTIVATE>], [<m4_indir([<VECTOR_>]VECTOR_ACTIVATION, [<$1>])>])
m4_define([<VECTOR_none>], [<$1>])
m4_define([<VECTOR_relu>], [<RELU_[<>]LANES[<>]($1)>])
m4_define([<VECTOR_clip>], [<MIN_[<>]LANES[<>](MAX_[<>]LANES[<>]($1, SPLAT_[<>]LANES[<>](VECTOR_LOW)), SPLAT_[<>]LANES[<>](VECTOR_HIGH))>])
m4_define([<VECTOR_relu6>], [<MIN_[<>]LANES[<>](RELU_[<>]LANES[<>]($1), SPLAT_[<>]LANES[<>](6.0f))>])
m4_define([<VECTOR_leaky>], [<MAX_[<>]LANES[<>]($1, $1 * VECTOR_LOW)>])

m4_dnl The halo of a blocked tensor: zeroed by the kernel that writes the tensor.
m4_define([<ZERO_HALO>], [<IF(HALO_TOP + HALO_LEFT + HALO_BOTTOM + HALO_RIGHT, [<@name@_zero_halo($1, $2, $3, $4, HALO_TOP, m4_eval(HALO_LEFT * 16), OUT_H, m4_eval(OUT_W * 16), m4_eval(HALO_RIGHT * 16), HALO_BOTTOM);>])>])
m4_divert(0)m4_dnl
