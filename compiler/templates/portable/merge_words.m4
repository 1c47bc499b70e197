m4_dnl Where the numbers of two tensors lie that become one.
m4_dnl PLACE(tensor): the index of the number at c, y, x.
m4_define([<INDEX>], [<IF($2, [<TIMES([<$1>], $2)>])>])m4_dnl
m4_define([<PLACE>], [<SUM_OR_ZERO(TERMS(INDEX([<c>], $1_C), INDEX([<y>], $1_H), INDEX([<x>], $1_W)))>])m4_dnl
m4_define([<SUM_OR_ZERO>], [<m4_ifelse([<$1>], [<>], 0, [<$1>])>])m4_dnl
