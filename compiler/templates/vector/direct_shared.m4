m4_dnl direct_map.m4 as a helper: what the kernels that call it would define. It knows of threads if they share pixels.
m4_define([<BLOCK_WEIGHTS>], m4_eval(IN_CHANNELS * KERNEL_H * KERNEL_W * BLOCK))m4_dnl
m4_define([<OUT_COLUMN>], BLOCK)m4_dnl
m4_define([<USERS>], [<, @about@>])m4_dnl
PART([<vector/direct_map.m4>], [<UNIT_NAME>], FUNCTION(), [<SHARED>], SPLIT_PIXELS)m4_dnl
