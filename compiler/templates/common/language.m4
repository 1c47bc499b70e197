m4_changequote([<,>])m4_changecom()m4_divert(-1)
m4_dnl What every template can use. m4's own macros carry the prefix m4_; upper-case words are numbers that
m4_dnl cnnc defines before it includes a template; marks between at-signs become names after m4 has run.
m4_dnl Of the output, cnnc drops lines that hold nothing but blanks, and breaks those that are too long.

m4_dnl A template may not start programs or make files.
m4_undefine([<m4_syscmd>], [<m4_esyscmd>], [<m4_sysval>], [<m4_mkstemp>], [<m4_maketemp>], [<m4_debugfile>])

m4_dnl ---- what a kernel defines ends with it ----

m4_dnl Between BEGIN_KERNEL and END_KERNEL, m4_define hides what a word meant before, and the end brings that back: no
m4_dnl template sees words of another kernel's.
m4_define([<DEFINE_FOR_GOOD>], m4_defn([<m4_define>]))
m4_define([<DEFINE_IN_KERNEL>], [<m4_ifdef([<kernel's $1>], [<>], [<m4_pushdef([<$1>])m4_dnl
m4_pushdef([<KERNEL_WORD>], [<$1>])DEFINE_FOR_GOOD([<kernel's $1>])>])DEFINE_FOR_GOOD([<$1>], [<$2>])>])
m4_define([<BEGIN_KERNEL>], [<m4_pushdef([<m4_define>], m4_defn([<DEFINE_IN_KERNEL>]))>])
m4_define([<END_KERNEL>], [<m4_popdef([<m4_define>])FORGET_WORDS>])
m4_define([<FORGET_WORDS>], [<m4_ifdef([<KERNEL_WORD>], [<FORGET_WORD(m4_defn([<KERNEL_WORD>]))FORGET_WORDS>])>])
m4_define([<FORGET_WORD>], [<m4_popdef([<$1>], [<kernel's $1>], [<KERNEL_WORD>])>])

m4_dnl ---- conditions and lists ----

m4_dnl IF(expression, then, else): the expression in numbers and defined words.
m4_define([<IF>], [<m4_ifelse(m4_eval($1), 0, [<$3>], [<$2>])>])

m4_dnl IS(word, value, then, else)
m4_define([<IS>], [<m4_ifelse([<$1>], [<$2>], [<$3>], [<$4>])>])

m4_dnl WHEN(expression, lines, other lines): as IF, of whole lines, which are written one level deeper than the C:
m4_dnl
m4_dnl     WHEN(HAS_BIAS, [<
m4_dnl         float sum = bias[k];
m4_dnl     >], [<
m4_dnl         float sum = 0.0f;
m4_dnl     >])
m4_define([<WHEN>], [<IF([<$1>], [<OUTDENT([<$2>])>], [<OUTDENT([<$3>])>])>])

m4_dnl WHEN_IS(word, value, lines, other lines): as IS, of lines written one level deeper.
m4_define([<WHEN_IS>], [<IS([<$1>], [<$2>], [<OUTDENT([<$3>])>], [<OUTDENT([<$4>])>])>])

m4_dnl OUTDENT(lines): one level less deep, without the last line, which is where the quote ends.
m4_define([<OUTDENT>], [<m4_patsubst([<$1>], [<^    \|
 *\'>])>])

m4_dnl LIST(items): those that are not empty, with commas between; TERMS(items): with plus signs. Conditions are
m4_dnl not quoted: LIST([<float *in>], IF(SLOPES, [<float *slopes>]), [<float *out>]).
m4_define([<LIST>], [<JOINED([<>], [<, >], $@)>])
m4_define([<TERMS>], [<JOINED([<>], [< + >], $@)>])
m4_dnl JOINED(what goes before the first item, and before each later one, items)
m4_define([<JOINED>], [<m4_ifelse([<$3>], [<>], [<>], [<$1[<>]$3>])[<>]m4_dnl
m4_ifelse($#, 3, [<>], [<JOINED(m4_ifelse([<$3>], [<>], [<[<$1>]>], [<[<$2>]>]),
                                [<$2>], m4_shift(m4_shift(m4_shift($@))))>])>])

m4_dnl APPLY(function, arguments): a function's name and its arguments or parameters, as a LIST.
m4_define([<APPLY>], [<$1[<>](LIST(m4_shift($@)))>])

m4_dnl ASSERT(expression): cnnc called the template with numbers that make no sense.
m4_define([<ASSERT>], [<m4_ifelse(m4_eval($1), 0, [<m4_errprint(m4___file__[<: the assertion $1 does not hold
>])m4_m4exit(1)>])>])

m4_dnl ---- what the template unrolls ----

m4_dnl FOR(name, count, lines): the lines with name = 0, 1, ... count - 1, written one level deeper than the C.
m4_define([<FOR>], [<EACH([<$1>], [<$2>], [<OUTDENT([<$3>])>])>])
m4_dnl EACH(name, count, text): the same within a line; SEPARATED(separator, name, count, text): with commas, say.
m4_define([<EACH>], [<EACH_FROM([<$1>], 0, [<$2>], [<$3>])>])
m4_define([<SEPARATED>], [<EACH([<$2>], [<$3>], [<IF($2, [<$1>])$4>])>])
m4_define([<EACH_FROM>], [<m4_ifelse(m4_eval($2 < $3), 1,
    [<m4_pushdef([<$1>], [<$2>])$4[<>]m4_popdef([<$1>])EACH_FROM([<$1>], m4_incr($2), [<$3>], [<$4>])>])>])

m4_dnl ---- C as a person would write it ----

m4_dnl TIMES(x, 1) is x, PLUS(x, 0) and MINUS(x, 0) are x.
m4_define([<TIMES>], [<m4_ifelse([<$2>], 1, [<$1>], [<$1 * $2>])>])
m4_define([<PLUS>], [<m4_ifelse([<$2>], 0, [<$1>], [<$1 + $2>])>])
m4_define([<MINUS>], [<m4_ifelse([<$2>], 0, [<$1>], [<$1 - $2>])>])

m4_dnl CEILING(a, b): a/b rounded up, for a > -b.
m4_define([<CEILING>], [<m4_ifelse([<$2>], 1, [<$1>], [<($1 + m4_eval([<$2>] - 1)) / $2>])>])

m4_dnl STEP(x, step): the step of a loop over x. Where steps do not divide their range, the last one overlaps with
m4_dnl the one before it: LAST(x, step, count) is x, or where the last one begins; FRESH(x, step, count, last) how much
m4_dnl of it is not new.
m4_define([<STEP>], [<IF($2 > 1, [<$1 += $2>], [<$1++>])>])
m4_define([<LAST>], [<IF($3 % $2, [<($1 < m4_eval($3 - $2) ? $1 : m4_eval($3 - $2))>], [<$1>])>])
m4_define([<FRESH>], [<IF($3 % $2, [<$1 - $4>], 0)>])

m4_dnl ---- weights as they are stored ----

m4_dnl WEIGHT_TYPE: of a stored weight; BEHIND(weights, count): where biases begin, behind so many. In plain C,
m4_dnl STORED(x) is the number that the stored x means.
m4_define([<WEIGHT_TYPE>], [<IF(HALVES, [<uint16_t>], [<float>])>])
m4_define([<BEHIND>], [<IF(HALVES, [<(const float *)(const void *)(PLUS([<$1>], BIASES_AT))>], [<$1 + $2>])>])
m4_define([<STORED>], [<IF(HALVES, [<FROM_HALF[<>]($1)>], [<$1>])>])

m4_dnl ---- bias, residual and activation ----

m4_dnl ACTIVATE(x, channel): the activation of x; a PRELU reads its slope from slopes.
m4_define([<ACTIVATE>], [<m4_ifelse(
    ACTIVATION, none, [<$1>],
    SLOPES, 1, [<ACTIVATION[<>]($1, slopes[$2])>],
    [<ACTIVATION[<>]($1)>])>])

m4_dnl What kernels that end in bias, residual and activation share. START(index) is what a sum starts from,
m4_dnl FINISH(x, channel, index) the result; index says where it lies.
m4_define([<BIAS>], [<IF(HAS_BIAS, [<bias[k]>])>])
m4_define([<START>], [<IS(RESIDUAL, first, [<TERMS([<residual[$1]>], BIAS)>], [<IF(HAS_BIAS, BIAS, [<0.0f>])>])>])
m4_define([<FINISH>], [<ACTIVATE(IS(RESIDUAL, last, [<BEFORE_RESIDUAL([<$1>]) + residual[$3]>], [<$1>]), [<$2>])>])
m4_define([<BEFORE_RESIDUAL>], [<IS(BEFORE, none, [<$1>], [<BEFORE[<>]($1)>])>])

m4_dnl Their parameters. The residual may lie where the result lies, so that neither may be `restrict' then.
m4_define([<RESIDUAL_PARAMETER>], [<IS(RESIDUAL, none, [<>], [<const float *residual>])>])
m4_define([<SLOPES_PARAMETER>], [<IF(SLOPES, [<const float *restrict slopes>])>])
m4_define([<RESULT_PARAMETER>], [<IS(RESIDUAL, none, [<float *restrict out>], [<float *out>])>])

m4_divert(0)m4_dnl
