m4_divert(-1)
m4_dnl What the templates of the vector targets share. Each is read once for every instruction set of the target, with
m4_dnl these words defined: LANES (floats in a vector), WIDTH (bytes of each), ISA (the set's name in targets.def, which
m4_dnl ends functions' names), TARGET (the attribute that lets the compiler use the set) and LINE (floats in a cache
m4_dnl line, the unit of prefetching). BLOCK is how many channels lie side by side in a blocked tensor.

m4_dnl FUNCTION(suffix): the name of the kernel's function, one for each instruction set, or of a part of it.
m4_define([<FUNCTION>], [<@function@_[<>]ISA[<>]$1>])

m4_dnl PART(file, name, value, name, value ...): another template, which sees those names.
m4_define([<PART>], [<DEFINE_ALL(m4_shift($@))m4_include([<$1>])FORGET_ALL(m4_shift($@))>])
m4_define([<DEFINE_ALL>], [<m4_ifelse([<$1>], [<>], [<>],
    [<m4_pushdef([<$1>], [<$2>])DEFINE_ALL(m4_shift(m4_shift($@)))>])>])
m4_define([<FORGET_ALL>], [<m4_ifelse([<$1>], [<>], [<>],
    [<m4_popdef([<$1>])FORGET_ALL(m4_shift(m4_shift($@)))>])>])

m4_dnl ---- the depth of lines ----

m4_dnl INDENT(levels): blanks; AT_DEPTH(levels, lines): lines, written one level deeper than the C, so much deeper.
m4_define([<INDENT>], [<m4_substr([<                >], 0, m4_eval(4 * ($1)))>])
m4_define([<AT_DEPTH>], [<m4_patsubst([<$2>], [<^    \|
 *\'>], INDENT([<$1>]))>])

m4_dnl ---- vectors ----

m4_dnl One vector: its type, a load and a store; the _AT forms do not need an aligned address.
m4_define([<VECTOR>], [<v[<>]LANES>])
m4_define([<LOAD>], [<*(const VECTOR *)($1)>])
m4_define([<LOAD_AT>], [<*(const VECTOR[<>]u *)($1)>])
m4_define([<STORE>], [<*(VECTOR *)($1) = $2;>])
m4_define([<STORE_AT>], [<*(VECTOR[<>]u *)($1) = $2;>])
m4_dnl A vector of weights as they are stored.
m4_define([<LOAD_WEIGHTS>], [<IF(HALVES, [<WIDENED_[<>]LANES[<>]($1)>], [<LOAD([<$1>])>])>])
m4_dnl STORE_ACTIVATED(pointer, name, value, slope): stores the activation of a vector, which has a name of its own
m4_dnl meanwhile.
m4_define([<STORE_ACTIVATED>], [<IF(ACTIVATION_EACH,
    [<{ VECTOR $2 = $3; ACTIVATION[<>](&$2, 1); STORE([<$1>], $2) }>],
    [<{ const VECTOR $2 = $3; STORE([<$1>], VECTOR_ACTIVATE($2, [<$4>])) }>])>])
m4_dnl The lower (0) or upper (1) half of a vector that is a variable.
m4_define([<STORE_HALF>], [<*(h[<>]LANES[<>]u *)($1) = ((const h[<>]LANES *)&$2)[$3];>])

m4_dnl The functions of prelude.m4.
m4_define([<SPLAT>], [<SPLAT_[<>]LANES[<>]($1)>])
m4_define([<AT_LEAST>], [<AT_LEAST_[<>]LANES[<>]($1, $2)>])
m4_define([<AT_MOST>], [<AT_MOST_[<>]LANES[<>]($1, $2)>])
m4_define([<LARGER>], [<MAX_[<>]LANES[<>]($1, $2)>])
m4_dnl LESSER and POWER_OF evaluate their operands several times.
m4_define([<LESSER>], [<CHOOSE_[<>]LANES[<>]($1, ==, $1, CHOOSE_[<>]LANES[<>]($1, <, $2, $1, $2, lower_), $1, whole_)>])
m4_define([<POWER_OF>], [<__extension__({
                        VECTOR power_ = $1;
                        const VECTOR exponent_ = $2;
                        for (int lane_ = 0; lane_ < LANES; lane_++)
                            power_[lane_] = powf(power_[lane_], exponent_[lane_]);
                        power_;
                    })>])
m4_define([<EVENS>], [<EVENS_[<>]LANES[<>]($1, $2)>])
m4_define([<ODDS>], [<ODDS_[<>]LANES[<>]($1, $2)>])
m4_define([<LARGER_OF_PAIRS>], [<PAIRS_[<>]LANES[<>]($1, $2)>])
m4_define([<SUMS_OF_PAIRS>], [<SUMS_[<>]LANES[<>]($1, $2)>])

m4_dnl TOTAL(name, merge): every lane of the vector `name' becomes the sum, or what else SUMS_OF_PAIRS or
m4_dnl LARGER_OF_PAIRS makes of two, of all its lanes.
m4_define([<TOTAL>], [<EACH([<TOTAL_ROUND>], IF(LANES == 16, 4, [<IF(LANES == 8, 3, 2)>]), [<$1 = $2($1, $1); >])>])

m4_dnl PICK(p, op, q, a, b): of each lane a if p op q, else b. SIZE(x) is |x|, WITH_SIGN(size, x) has the sign of x.
m4_define([<PICK>], [<CHOOSE_[<>]LANES[<>]($1, $2, $3, $4, $5, pick_)>])
m4_define([<SIZE>], [<((VECTOR)((INTEGERS)($1) & 0x7fffffff))>])
m4_define([<WITH_SIGN>], [<((VECTOR)((INTEGERS)SPLAT($1) | ((INTEGERS)($2) & (int)0x80000000)))>])

m4_dnl ---- how a kernel ends: activation(before(sum + bias) + residual) ----

m4_dnl ACTIVATION and BEFORE are names of functions, or none. One that is costly takes an array of vectors: then
m4_dnl ACTIVATION_EACH or BEFORE_EACH is 1, and the results of a tile go through an array. The slopes of one that has
m4_dnl any lie behind the biases, as far as ACTIVATION_SLOPES or BEFORE_SLOPES says; 0: it has none.
m4_dnl
m4_dnl VECTOR_ACTIVATE(x, slope): the activation of a vector, as an expression; VECTOR_BEFORE(x, slope): likewise.
m4_define([<VECTOR_ACTIVATE>], [<IS(ACTIVATION, none, [<$1>], [<ACTIVATION[<>](LIST([<$1>],
    IF(ACTIVATION_SLOPES, [<$2>])))>])>])
m4_define([<VECTOR_BEFORE>], [<IF(BEFORE_EACH, [<$1>], [<IS(BEFORE, none, [<$1>], [<BEFORE[<>](LIST([<$1>],
    IF(BEFORE_SLOPES, [<$2>])))>])>])>])
m4_dnl STORE_EACH(I, count, result, pointer, levels): the lines that store `count' results, number I at a pointer of
m4_dnl its own, after a costly activation, so many levels deeper. BEFORE_TO_EACH(I, count, sum, levels): likewise,
m4_dnl those that make the array `sums'.
m4_define([<STORE_EACH>], [<VECTOR results[m4_eval($2)];
    FOR([<$1>], [<$2>], [<
        INDENT($5)results[$1] = $3;
    >])
    INDENT($5)ACTIVATION[<>](results, m4_eval($2));
    FOR([<$1>], [<$2>], [<
        INDENT($5)STORE([<$4>], results[$1])
    >])>])
m4_define([<BEFORE_TO_EACH>], [<VECTOR sums[m4_eval($2)];
    FOR([<$1>], [<$2>], [<
        INDENT($4)sums[$1] = $3;
    >])
    INDENT($4)BEFORE[<>](sums, m4_eval($2));>])

m4_dnl ---- offsets ----

m4_dnl AT(pointer, offset) is pointer or pointer + offset.
m4_define([<AT>], [<PLUS([<$1>], m4_eval($2))>])

m4_dnl Where vector v begins among tensors (or weights) of BLOCK channels that are `plane' floats apart.
m4_define([<VECTOR_OFFSET>], [<m4_eval(($1) * LANES / BLOCK * ($2) + ($1) * LANES % BLOCK)>])

m4_dnl MAPS(pointer, tensor, block, blocks): block number `block', of so many, of the tensor IN, OUT, [<RESIDUAL>] or
m4_dnl [<SECOND>]; the last two are words themselves.
m4_define([<MAPS>], [<PLUS([<$1>], $2_START) + STEPS([<$3>], $2_PLANE, [<$4>])>])

m4_dnl NUMBER(x, then, else): is x a number, and no expression of C?
m4_define([<NUMBER>], [<m4_ifelse(m4_regexp([<$1>], [<^[0-9]+$>]), 0, [<$2>], [<$3>])>])
m4_dnl SCALE(x, n) is x * n, computed if x is a number.
m4_define([<SCALE>], [<NUMBER([<$1>], [<m4_eval($1 * $2)>], [<TIMES([<$1>], $2)>])>])
m4_dnl PRODUCT(a, b) of two numbers; STEPS(x, step, count) is x * step, for a variable below count or a number.
m4_dnl Both are longs where an int would not do.
m4_define([<PRODUCT>], [<IF($2 > 2147483647 / ($1), [<$1 * (long)$2>], [<m4_eval($1 * $2)>])>])
m4_define([<STEPS>], [<NUMBER([<$1>], [<m4_eval($1 * $2)>], [<VARIABLE_STEPS([<$1>], m4_eval($2), [<$3>])>])>])
m4_define([<VARIABLE_STEPS>], [<IF($2 > 2147483647 / ($3), [<$1 * (long)$2>], [<TIMES([<$1>], $2)>])>])

m4_dnl ---- what surrounds the tile ----

m4_dnl BATCHED: does the kernel take all images of a batch, IMAGES?
m4_define([<BATCHED>], [<m4_ifdef([<IMAGES>], [<m4_eval(IMAGES > 1)>], 0)>])
m4_define([<EACH_HALO>], [<IF(BATCHED, [<for (int image = 0; image < IMAGES; image++)
        >])>])

m4_dnl HALO: has the result one? ZERO_HALO(blocks): it is zeroed by the kernel that writes the tensor.
m4_dnl ZERO_HALO_OF(blocks, channels in a block): the call alone.
m4_define([<HALO>], [<m4_eval(HALO_TOP + HALO_LEFT + HALO_BOTTOM + HALO_RIGHT)>])
m4_define([<ZERO_HALO>], [<IF(HALO, [<IF(SHARED, [<if (part == 0)
        >])EACH_HALO[<>]ZERO_HALO_OF([<$1>], BLOCK)>])>])
m4_define([<ZERO_HALO_OF>], [<APPLY([<@name@_zero_halo>],
    [<out[<>]IF(BATCHED, [< + image * (long)OUT_IMAGE>])>], $1, OUT_PLANE, OUT_ROW, HALO_TOP,
    m4_eval(HALO_LEFT * $2), OUT_H, m4_eval(OUT_W * $2), m4_eval(HALO_RIGHT * $2), HALO_BOTTOM);>])

m4_dnl Where there is a residual: its parameter, and an argument.
m4_define([<RESIDUAL_POINTER>], [<IF(RESIDUAL, [<const float *residual>])>])
m4_define([<RESIDUAL_ARGUMENT>], [<IF(RESIDUAL, [<[<$1>]>])>])

m4_dnl Kernels that are worth it can be shared between threads (SHARED): WORK(parameters) begins the function
m4_dnl of one part out of `parts'; FIRST_OF and END_OF cut a range; SHARE(tensors) writes the function
m4_dnl that the network calls (share.m4), which hands the parts to the context's threads.
m4_define([<WORK_KEPT>], [<m4_ifdef([<HALVES>], [<IF(HALVES, [<KEPT >])>])>])
m4_define([<WORK>], [<m4_dnl
TARGET WORK_KEPT[<>]static void APPLY(FUNCTION(WORK_SUFFIX), $@, IF(SHARED, [<int part, int parts>]))>])
m4_define([<WORK_SUFFIX>], [<IF(SHARED, [<_part>])>])
m4_define([<FIRST_OF>], [<IF(SHARED, [<CUT([<$1>], part)>], 0)>])
m4_define([<END_OF>], [<IF(SHARED, [<CUT([<$1>], (part + 1))>], [<$1>])>])
m4_define([<CUT>], [<IF($1 > 2147483647 / 1024, [<(int)((long)$1 * $2 / parts)>], [<$1 * $2 / parts>])>])
m4_define([<SHARE>], [<IF(SHARED, [<
PART([<vector/share.m4>], [<TENSORS>], [<$@>])>])>])
m4_divert(0)m4_dnl
