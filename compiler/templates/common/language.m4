m4_changequote([<,>])m4_changecom()m4_divert(-1)
What every template can use. m4's own macros carry the prefix m4_; upper-case words are numbers that
cnnc defines before it includes a template; marks between at-signs become names after m4 has run.

A template may not start programs or make files.
m4_undefine([<m4_syscmd>], [<m4_esyscmd>], [<m4_sysval>], [<m4_mkstemp>], [<m4_maketemp>], [<m4_debugfile>])

IF(expression, then, else): the expression in numbers and defined words.
m4_define([<IF>], [<m4_ifelse(m4_eval($1), 0, [<$3>], [<$2>])>])

IS(word, value, then, else)
m4_define([<IS>], [<m4_ifelse([<$1>], [<$2>], [<$3>], [<$4>])>])

ASSERT(expression): cnnc called the template with numbers that make no sense.
m4_define([<ASSERT>], [<m4_ifelse(m4_eval($1), 0, [<m4_errprint(m4___file__[<: the assertion $1 does not hold
>])m4_m4exit(1)>])>])

C as a person would write it: TIMES(x, 1) is x, PLUS(x, 0) and MINUS(x, 0) are x.
m4_define([<TIMES>], [<m4_ifelse([<$2>], 1, [<$1>], [<$1 * $2>])>])
m4_define([<PLUS>], [<m4_ifelse([<$2>], 0, [<$1>], [<$1 + $2>])>])
m4_define([<MINUS>], [<m4_ifelse([<$2>], 0, [<$1>], [<$1 - $2>])>])

ACTIVATE(x, channel): the activation of x; a PRELU reads its slope from slopes.
m4_define([<ACTIVATE>], [<m4_ifelse(ACTIVATION, none, [<$1>], SLOPES, 1, [<ACTIVATION[<>]($1, slopes[$2])>], [<ACTIVATION[<>]($1)>])>])
m4_define([<SLOPES_PARAMETER>], [<IF(SLOPES, [<const float *restrict slopes, >])>])

What kernels that end in bias, residual and activation share. START(index) is what a sum starts from,
FINISH(x, channel, index) what is made of it; index says where in the result. The residual may lie
where the result lies, so that neither may be `restrict' then.
m4_define([<START>], [<IS(RESIDUAL, first, [<residual[$1]IF(HAS_BIAS, [< + bias[k]>])>], [<IF(HAS_BIAS, [<bias[k]>], [<0.0f>])>])>])
m4_define([<FINISH>], [<ACTIVATE(IS(RESIDUAL, last, [<IS(BEFORE, none, [<$1>], [<BEFORE[<>]($1)>]) + residual[$3]>], [<$1>]), [<$2>])>])
m4_define([<RESIDUAL_PARAMETER>], [<IS(RESIDUAL, none, [<>], [<const float *residual, >])>])
m4_define([<RESULT_PARAMETER>], [<IS(RESIDUAL, none, [<float *restrict out>], [<float *out>])>])

CEILING(a, b): a/b rounded up, for a > -b.
m4_define([<CEILING>], [<m4_ifelse([<$2>], 1, [<$1>], [<($1 + m4_eval([<$2>] - 1)) / $2>])>])

m4_divert(0)m4_dnl
