m4_dnl A function of one number, KIND, in plain C.
m4_define([<FORMULA>], [<m4_define([<BODY_$1>], [<$2>])>])m4_dnl
m4_include([<common/functions.m4>])m4_dnl
static inline float @function@(LIST([<float x>], IF(SLOPED, [<float slope>])))
{
    m4_indir([<BODY_>]KIND)
}
