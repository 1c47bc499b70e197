m4_dnl The same, of the block of filters that the units leave, for sets of which they leave one.
m4_define([<POSITION_WEIGHTS>], m4_eval(IN_CHANNELS * BLOCK))m4_dnl
m4_define([<BLOCK_WEIGHTS>], m4_eval(POSITIONS * POSITION_WEIGHTS))m4_dnl
IF(REST_BLOCKS, [<PART([<vector/winograd_unit.m4>], [<UNIT_NAME>], FUNCTION(), [<OUT_NAME>], OUT_PART,
    [<USERS>], [<, @about@>], [<FILTER_BLOCKS>], 1, [<FILTER_VECTORS>], m4_eval(BLOCK / LANES))>])m4_dnl
