m4_dnl What direct.m4 and transposed.m4 share: how they call the functions of direct_map.m4.
m4_dnl
m4_dnl Threads share pixels (direct_map.m4) or filters.
m4_define([<SPLIT_FILTERS>], m4_eval(SHARED && !SPLIT_PIXELS))m4_dnl
m4_define([<FIRST_SHARED>], [<IF(SPLIT_FILTERS, [<FIRST_OF([<$1>])>], 0)>])m4_dnl
m4_define([<END_SHARED>], [<IF(SPLIT_FILTERS, [<END_OF([<$1>])>], [<$1>])>])m4_dnl
m4_dnl
m4_dnl RUN(function, i, blocks, sub, more arguments): the filters from block i * blocks on, channel `sub'; i is a
m4_dnl variable or a number.
m4_dnl Where groups of SPAN channels and filters were merged into a block, they read the channels from `sub' on, too.
ASSERT([<SPAN == BLOCK || (SPAN == UNIT && !IN_PLANAR && IN_CHANNELS == BLOCK && GROUP_BLOCKS == 1)>])m4_dnl
m4_define([<RUN>], [<APPLY([<$1>],
    [<PLUS(GROUP_MAPS, IF(SPAN < BLOCK, [<[<$4>]>], 0))>],
    [<PLUS(UNIT_AT(GROUP_WEIGHTS, [<$2>], m4_eval($3 * BLOCK_WEIGHTS), [<$4>]), IF(SPAN < BLOCK, [<$4 * BLOCK>], 0))>],
    [<UNIT_AT(GROUP_BIASES, [<$2>], m4_eval($3 * BLOCK), [<$4>])>],
    RESIDUAL_ARGUMENT([<UNIT_AT(GROUP_RESIDUAL, [<$2>], m4_eval($3 * RESIDUAL_PLANE), [<$4>])>]),
    IF(PREFETCH, [<PLUS(GROUP_WEIGHTS, NEXT_OF(TIMES([<$2>], $3)))>]),
    [<UNIT_AT(GROUP_RESULT, [<$2>], m4_eval($3 * OUT_PLANE), [<$4>])>],
    $5, IF(SPLIT_PIXELS, [<part, parts>]));>])m4_dnl
m4_define([<UNIT_AT>], [<PLUS(PLUS($1, STEPS([<$2>], $3, GROUP_BLOCKS)), [<$4>])>])m4_dnl
m4_dnl NEXT_OF(block): where the weights begin that are fetched meanwhile, PREFETCH_TILES blocks on.
m4_define([<NEXT_OF>], [<NUMBER([<$1>], [<NEXT_OF_NUMBER($1)>], [<NEXT_OF_VARIABLE([<$1>])>])>])m4_dnl
m4_define([<NEXT_OF_NUMBER>], [<m4_dnl
m4_eval(($1 + PREFETCH_TILES * ($1 + PREFETCH_TILES < GROUP_BLOCKS)) * BLOCK_WEIGHTS)>])m4_dnl
m4_define([<NEXT_OF_VARIABLE>], [<m4_dnl
($1 + PREFETCH_TILES < GROUP_BLOCKS ? $1 + PREFETCH_TILES : $1) * BLOCK_WEIGHTS>])m4_dnl
m4_dnl
