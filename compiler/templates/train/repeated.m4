m4_divert(-1)
m4_dnl Tensors that are repeated along axes where they have size 1. NUMBER_OF(pointer, tensor): what stands at (c, y, x)
m4_dnl of the result; a step of 0 repeats.
m4_define([<NUMBER_OF>], [<$1[<>][TERMS(STEP_OF([<c>], $2_C), STEP_OF([<y>], $2_H), STEP_OF([<x>], $2_W), [<l>], m4_dnl
IF($2_START, [<$2_START>]))]>])
m4_define([<STEP_OF>], [<IF($2, [<$1 * $2>])>])
m4_divert(0)m4_dnl
