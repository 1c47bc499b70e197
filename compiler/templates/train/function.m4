m4_include([<train/train.m4>])m4_dnl
m4_dnl A function of one number, KIND, in plain C, for loops that compilers turn into vectors.
m4_define([<FORMULA>], [<m4_define([<BODY_$1>], [<$2>])>])m4_dnl
m4_include([<common/functions.m4>])m4_dnl
WHERE inline float FUNCTION()(LIST([<float x>], IF(SLOPED, [<float slope>])))
{
    m4_indir([<BODY_>]KIND)
}
m4_undefine([<FORMULA>])m4_dnl
