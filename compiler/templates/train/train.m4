m4_divert(-1)
m4_dnl What the templates of training share. Tensors hold LANE_COUNT images side by side:
m4_dnl [channel][row][column][LANE_COUNT], with columns of zeros left and right of the map that convolutions read. The
m4_dnl same text serves targets with vectors, once for each instruction set, and plain C, where the compiler makes of
m4_dnl the inner loop over images what it can.
m4_ifelse(FAST, 1, [<m4_include([<vector/vector.m4>])m4_divert(-1)>], [<m4_define([<FUNCTION>], [<@function@$1>])>])
m4_define([<WHERE>], [<IF(FAST, [<TARGET static>], [<static>])>])

m4_dnl EACH_LANE: the loop over the images of a group.
m4_define([<EACH_LANE>], [<for (int l = 0; l < LANE_COUNT; l++)>])

m4_dnl Where threads share the kernel (SHARES), it takes PART_PARAMETERS, does what lies between BEGIN_OF(n) and
m4_dnl LIMIT_OF(n) of n, and the first of them clears the borders: IF_FIRST begins a line.
m4_define([<PART_PARAMETERS>], [<IF(SHARES, [<int part, int parts>])>])
m4_define([<BEGIN_OF>], [<IF(SHARES, [<$1 * part / parts>], 0)>])
m4_define([<LIMIT_OF>], [<IF(SHARES, [<$1 * (part + 1) / parts>], [<$1>])>])
m4_define([<IF_FIRST>], [<IF(SHARES, [<if (part == 0)
            >])>])

m4_dnl Sums over pixels, one for each image, which vectors hold in registers: NO_SUMS(name) declares them,
m4_dnl EACH_SUM(line) is a line of C for them all, where SUM_OF(name) is one or a vector of them, and NUMBERS_OF(p)
m4_dnl what p points to for the same images. TOTAL_LANES(total, name) adds them up, TOTAL_IMAGES those of images that
m4_dnl are there.
m4_define([<SUM_VECTORS>], [<m4_eval(LANE_COUNT / LANES)>])
m4_define([<NO_SUMS>], [<IF(FAST, [<VECTOR SEPARATED([<, >], [<V>], SUM_VECTORS, [<$1[<>]V = {0}>])>], m4_dnl
[<float $1[<>][LANE_COUNT] = {0.0f}>])>])
m4_define([<EACH_SUM>], [<IF(FAST, [<SEPARATED([< >], [<V>], SUM_VECTORS, [<$1>])>], [<EACH_LANE
                    $1>])>])
m4_define([<SUM_OF>], [<IF(FAST, [<$1[<>]V>], [<$1[<>][l]>])>])
m4_define([<NUMBERS_OF>], [<IF(FAST, [<LOAD(AT($1, V * LANES))>], [<$1[<>][l]>])>])
m4_define([<TOTAL_LANES>], [<IF(FAST, [<SEPARATED([<
        >], [<V>], SUM_VECTORS, [<EACH_LANE_OF($2[<>]V)
            $1 += $2[<>]V[<>][l];>])>], [<EACH_LANE
            $1 += $2[<>][l];>])>])
m4_define([<TOTAL_IMAGES>], [<IF(FAST, [<SEPARATED([<
        >], [<V>], SUM_VECTORS, [<EACH_LANE_OF($2[<>]V)
            $1 += m4_eval(V * LANES) + l < at->count ? $2[<>]V[<>][l] : 0.0f;>])>], [<EACH_LANE
            $1 += l < at->count ? $2[<>][l] : 0.0f;>])>])
m4_define([<EACH_LANE_OF>], [<for (int l = 0; l < LANES; l++)>])

m4_dnl CLEAR_BORDER: zeroes LEFT and RIGHT columns of each row of the result.
m4_define([<CLEAR_BORDER>], [<WHEN(BORDER_ROWS && LEFT + RIGHT, [<
        IF_FIRST[<>]for (int p = 0; p < BORDER_PLANES; p++)
            for (int r = 0; r < BORDER_ROWS; r++) {
                float *const row = out + p * BORDER_PLANE + r * BORDER_ROW;
                IF(LEFT, [<memset(row, 0, m4_eval(LEFT * LANE_COUNT) * sizeof *row);>])
                IF(RIGHT, [<memset(row + m4_eval(BORDER_ROW - RIGHT * LANE_COUNT), 0, m4_dnl
m4_eval(RIGHT * LANE_COUNT) * sizeof *row);>])
            }
    >])>])

m4_dnl A kernel with BY_VECTORS goes through numbers by vectors: NUMBER_OR_VECTOR(pointer, tensor) is what it reads, and
m4_dnl SET_NUMBER(value) sets the result's.
m4_define([<IF_VECTORS>], [<m4_ifdef([<BY_VECTORS>], [<IF(BY_VECTORS, [<$1>], [<$2>])>], [<$2>])>])
m4_define([<NEXT_NUMBER>], [<IF_VECTORS([<i += LANES>], [<i++>])>])
m4_define([<NUMBER_OR_VECTOR>], [<IF_VECTORS([<LOAD(&NUMBER_AT($@))>], [<NUMBER_AT($@)>])>])
m4_define([<SET_NUMBER>], [<IF_VECTORS([<STORE(&NUMBER_AT(out, OUT), [<$1>])>], [<NUMBER_AT(out, OUT) = $1;>])>])

m4_dnl NUMBER_AT(pointer, tensor): number i of row r of plane p, where several tensors of one shape are walked through;
m4_dnl EACH_NUMBER: the loops (EACH_NUMBER_SHARED: of a part). ROWS is 1 where nothing lies between the rows of any of
m4_dnl them, and PLANES where nothing lies between their planes.
m4_define([<NUMBER_AT>], [<$1[<>][IF(PLANES > 1, [<p * $2_JUMP + >])IF(ROWS > 1, m4_dnl
[<r * $2_STEP + >])PLUS([<i>], $2_START)]>])
m4_define([<EACH_NUMBER_SHARED>], [<IF(PLANES > 1, [<for (int p = BEGIN_OF(PLANES); p < LIMIT_OF(PLANES); p++)
        >])IF(ROWS > 1, [<for (int r = 0; r < ROWS; r++)
        >])IF(PLANES > 1 || !SHARES, [<for (int i = 0; i < LENGTH; NEXT_NUMBER)>], m4_dnl
[<for (int i = LANE_COUNT * (BEGIN_OF([<m4_eval(LENGTH / LANE_COUNT)>])); m4_dnl
i < LANE_COUNT * (LIMIT_OF([<m4_eval(LENGTH / LANE_COUNT)>])); NEXT_NUMBER)>])>])
m4_define([<EACH_NUMBER>], [<IF(PLANES > 1, [<for (int p = 0; p < PLANES; p++)
        >])IF(ROWS > 1, [<for (int r = 0; r < ROWS; r++)
        >])for (int i = 0; i < LENGTH; NEXT_NUMBER)>])

m4_dnl FIRST_TAP(row) and END_TAP(row): the taps of a window whose rows exist, where tap 0 reads `row' of IN_H rows and
m4_dnl each further one reads ROW_TAP rows on. CLIPPED: is there any that does not?
m4_define([<FIRST_TAP>], [<IF(ROW_TAP > 0, [<($1 < 0 ? CEILING(-$1, ROW_TAP) : 0)>],
    [<($1 >= IN_H ? CEILING($1 - m4_eval(IN_H - 1), m4_eval(-(ROW_TAP))) : 0)>])>])
m4_define([<END_TAP>], [<IF(ROW_TAP > 0, [<SMALLER(TAPS_H, [<CEILING(IN_H - $1, ROW_TAP)>])>],
    [<SMALLER(TAPS_H, [<IF(ROW_TAP == -1, [<$1 + 1>], [<UP_TO_TAP([<$1>], m4_eval(-(ROW_TAP)))>])>])>])>])
m4_define([<UP_TO_TAP>], [<IF(ROW_FIRST < 0, [<($1 < 0 ? 0 : $1 / $2 + 1)>], [<$1 / $2 + 1>])>])
m4_define([<SMALLER>], [<($2 < $1 ? $2 : $1)>])

m4_dnl EACH_GROUP: the loop over groups of channels, where there are several; PLUS_GROUP(step): " + g * step" then.
m4_define([<EACH_GROUP>], [<IF(GROUPS > 1, [<for (int g = 0; g < GROUPS; g++)>])>])
m4_define([<PLUS_GROUP>], [<IF(GROUPS > 1, [< + g * m4_eval($1)>])>])

m4_dnl PLUS_TERM(x, step): " + x * step", nothing where step is 0.
m4_define([<PLUS_TERM>], [<IF($2 == 0, [<>], [<PLUS_STEPS([<$1>], m4_eval($2))>])>])
m4_define([<PLUS_STEPS>], [<m4_ifelse(m4_regexp([<$1>], [<^[0-9]+$>]), 0, [<m4_ifelse(m4_eval($1 * ($2)), 0, [<>],
    m4_eval($1 * ($2) < 0), 1, [< - m4_eval(-($1 * ($2)))>], [< + m4_eval($1 * ($2))>])>], m4_dnl
[<PLUS_VARIABLE([<$1>], [<$2>])>])>])
m4_define([<PLUS_VARIABLE>], [<IF($2 == 0, [<>], [<m4_ifelse(m4_eval($2 < 0), 1, [< - TIMES([<$1>], m4_eval(-($2)))>],
    [< + TIMES([<$1>], m4_eval($2))>])>])>])
m4_divert(0)m4_dnl
