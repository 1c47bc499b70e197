m4_dnl winograd_out.m4 as a helper of several kernels.
m4_define([<IN_TILE>], m4_eval(OUT_TILE + KERNEL_H - 1))m4_dnl
PART([<vector/winograd_out.m4>], [<OUT_NAME>], FUNCTION(), [<USERS>], [<, @about@>])m4_dnl
