m4_dnl What direct.m4 and direct_map.m4 both know: how a tile goes through the channels, and what it is told of them.
m4_dnl
m4_dnl A window of ONE_TAP has one loop over all channels, unless its input is fetched or groups see but some.
m4_define([<ONE_TAP>], m4_eval(!IN_PLANAR && KERNEL_H * KERNEL_W == 1 && !FETCH_INPUT))m4_dnl
m4_define([<ALL_AT_ONCE>], m4_eval(ONE_TAP && SPAN == BLOCK))m4_dnl
m4_dnl
m4_dnl Kernels whose channels differ may share a unit (direct_unit.m4). It is told how many channels there are, or
m4_dnl blocks of them, and how far apart the weights of two blocks of filters lie, if it needs to know:
m4_dnl TOLD_COUNT(channels, blocks), TOLD_APART(distance, vectors of filters, are weights fetched?).
m4_define([<TOLD_COUNT>], [<IF(ALL_AT_ONCE, [<$1>], [<IF(ONE_TAP, [<>], [<$2>])>])>])m4_dnl
m4_define([<TOLD_APART>], [<IF($3 || ($2) * LANES > BLOCK, [<$1>])>])m4_dnl
m4_dnl
m4_dnl With EDGES, a tile is told where it is, as far as that decides which taps see the map.
m4_define([<SOME_ROWS>], m4_eval(EDGES && KERNEL_H > 1))m4_dnl
m4_define([<SOME_COLUMNS>], m4_eval(EDGES && KERNEL_W > 1))m4_dnl
