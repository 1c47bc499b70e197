m4_dnl winograd_unit.m4 as a helper of several kernels, which differ in nothing that it knows but their channels.
m4_define([<POSITION_WEIGHTS>], m4_eval(IN_CHANNELS * BLOCK))m4_dnl
m4_define([<BLOCK_WEIGHTS>], m4_eval(POSITIONS * POSITION_WEIGHTS))m4_dnl
PART([<vector/winograd_unit.m4>], [<UNIT_NAME>], FUNCTION(), [<OUT_NAME>], OUT_PART, [<USERS>], [<, @about@>],
     [<FILTER_BLOCKS>], UNIT_BLOCKS, [<FILTER_VECTORS>], VECTORS)m4_dnl
