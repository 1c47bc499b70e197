m4_dnl How a tile's sums become results: PIXELS times FILTERS of them; where the last filters of a group are less than
m4_dnl that, `kept' says how many are real. SIMPLE: the function is short enough to be written out for each filter.
m4_define([<FULL>], [<(OUT_PER_GROUP % FILTERS == 0)>])m4_dnl
m4_define([<KEPT>], [<IF(FULL, FILTERS, [<kept>])>])m4_dnl
m4_define([<COUNT_KEPT>], [<IF(FULL, [<>], m4_dnl
[<const int kept = OUT_PER_GROUP - k < FILTERS ? OUT_PER_GROUP - k : FILTERS;>])>])m4_dnl
m4_dnl WRITTEN(indentation, sum, place): the results of a pixel. `sum' begins with those of its filters, `place' is
m4_dnl where the first goes.
m4_define([<WRITTEN>], [<IF(FULL && SIMPLE, [<EACH([<F>], FILTERS, [<$1out[PLUS([<$3>], F)] = m4_dnl
FINISH([<$2>], [<PLUS([<filter>], F)>], [<PLUS([<$3>], F)>]);
>])>], [<$1for (int f = 0; f < KEPT; f++)
$1    out[$3 + f] = m4_pushdef([<F>], [<f>])FINISH([<$2>], [<filter + f>], [<$3 + f>])m4_popdef([<F>]);
>])>])m4_dnl
