m4_dnl Pools of planar tensors: vectors over pixels, one row of windows at a time. What their rows make of each column
m4_dnl comes into a line, beside what stands for padding; then every window is KERNEL_W neighbours there, which come
m4_dnl together in vectors, or one by one where windows go on by more than two pixels (APART). There are two lines: one
m4_dnl is written while the one before it is read, at other places than it was written, for which the processor would
m4_dnl wait. Of a row of the map, READ pixels are seen.
ASSERT([<STRIDE_W >= 1 && READ >= 1 && READ <= IN_W>])m4_dnl
m4_define([<APART>], m4_eval(STRIDE_W > 2))m4_dnl
ASSERT([<PAD_LEFT + READ <= (OUT_W - 1) * STRIDE_W + KERNEL_W>])m4_dnl
m4_dnl The last vector of a row overlaps with the one before it, unless there is none.
m4_define([<WIDTH_OUT>], IF(OUT_W < LANES, LANES, OUT_W))m4_dnl
m4_define([<ROOM>], m4_eval(WIDTH_OUT * STRIDE_W + KERNEL_W))m4_dnl
m4_define([<EMPTY>], [<IS(KIND, max, [<SPLAT(-INFINITY)>], [<{0}>])>])m4_dnl
m4_dnl What a pixel of a column is at first, and what it and a pixel after it become.
m4_define([<BEGIN>], [<IS(KIND, l2, [<p * p>], [<p>])>])m4_dnl
m4_define([<MERGE>], [<IS(KIND, max, [<a = LARGER(a, $1);>], [<a += $1;>])>])m4_dnl
m4_define([<COLUMN>], [<LAST([<i>], LANES, READ)>])m4_dnl
m4_define([<FROM_ROW>], [<TERMS([<from>], IF(READ > LANES, [<x>]), [<$1>])>])m4_dnl
m4_dnl READ_ROW(row): p becomes a vector of a row, or as many numbers as there are.
m4_define([<READ_ROW>], [<IF(READ < LANES, [<memcpy(&p, FROM_ROW([<$1>]), READ * sizeof *from);>],
    [<p = LOAD_AT(FROM_ROW([<$1>]));>])>])m4_dnl
m4_dnl Of LANES windows, the J-th pixel; likewise, with a variable.
m4_define([<EVERY_OTHER>], [<$1(LOAD_AT(AT(window, $2)), LOAD_AT(AT(window, $2 + LANES)))>])m4_dnl
m4_define([<PIXELS_J>], [<IF(STRIDE_W == 1, [<LOAD_AT(AT(window, J))>],
    [<IF(J % 2, [<EVERY_OTHER([<ODDS>], J - 1)>], [<EVERY_OTHER([<EVENS>], J)>])>])>])m4_dnl
m4_define([<PIXELS_VARIABLE>], [<IF(STRIDE_W == 1, [<LOAD_AT(window + j)>],
    [<EVENS(LOAD_AT(window + j), LOAD_AT(window + j + LANES))>])>])m4_dnl
m4_define([<MERGE_ONE>], [<IS(KIND, max, [<one = $1 > one || $1 != $1 ? $1 : one;>], [<one += $1;>])>])m4_dnl
m4_dnl How many pixels an average is of.
m4_define([<UP_TO>], [<($1 < m4_eval($2) ? $1 : m4_eval($2))>])m4_dnl
m4_define([<HIGH>], [<IF(COUNT_PAD, [<UP_TO(top + KERNEL_H, IN_H + PAD_BOTTOM) - top>],
    [<UP_TO(top + KERNEL_H, IN_H) - (top < 0 ? 0 : top)>])>])m4_dnl
m4_define([<WIDE>], [<IF(COUNT_PAD, [<UP_TO(left + KERNEL_W, IN_W + PAD_RIGHT) - left>],
    [<UP_TO(left + KERNEL_W, IN_W) - (left < 0 ? 0 : left)>])>])m4_dnl
/* What the rows of a row of windows make of each column. */
TARGET static void FUNCTION(_columns)(const float *plane, int y, float *line)
{
    WHEN(CLIPPED, [<
        const int LIST([<top = MINUS(TIMES(y, STRIDE_H), PAD_TOP)>], [<first_y = top < 0 ? 0 : top>],
                       [<rows = UP_TO(top + KERNEL_H, IN_H) - first_y>]);
    >])
    const float *from = plane + IF(CLIPPED, [<first_y * IN_W>], [<y * m4_eval(STRIDE_H * IN_W)>]);
    IF(READ > LANES, [<for (int i = 0; i < READ; i += LANES) {>])
    AT_DEPTH(READ > LANES, [<
        IF(READ > LANES, [<const int x = COLUMN;>])
        VECTOR p = {0}, a = EMPTY;
        WHEN(CLIPPED || !UNROLLED, [<
            IF(UNROLLED, [<if (rows < KERNEL_H)>])
            INDENT(UNROLLED)for (int r = 0; r < IF(CLIPPED, [<rows>], KERNEL_H); r++) {
            INDENT(UNROLLED)    READ_ROW([<r * IN_W>])
            INDENT(UNROLLED)    MERGE(BEGIN)
            INDENT(UNROLLED)}
        >])
        WHEN(UNROLLED, [<
            IF(CLIPPED, [<else {>])
            AT_DEPTH(CLIPPED, [<
                READ_ROW([<>])
                a = BEGIN;
                FOR([<R>], KERNEL_H - 1, [<
                    READ_ROW(m4_eval((R + 1) * IN_W))
                    MERGE(BEGIN)
                >])
            >])
            IF(CLIPPED, [<}>])
        >])
        WHEN(READ < LANES, [<
            memcpy(line, &a, READ * sizeof *line);
        >], [<
            STORE_AT(TERMS([<line>], IF(READ > LANES, [<x>])), a)
        >])
    >])
    IF(READ > LANES, [<}>])
}

/* @about@ */
WORK([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]), [<float *restrict out>])
{
    float lines[2][ROOM]IF(APART, [<, merged[WIDTH_OUT] = {0.0f}>]);
    for (int i = 0; i < ROOM; i++)
        lines[0][i] = lines[1][i] = IS(KIND, max, [<-INFINITY>], [<0.0f>]);
    WHEN_IS(KIND[<>]CLIPPED, avg1, [<
        float shares[WIDTH_OUT] = {0.0f};
        for (int x = 0; x < OUT_W; x++) {
            const int LIST([<left = MINUS(TIMES(x, STRIDE_W), PAD_LEFT)>], [<wide = WIDE>]);
            shares[x] = 1.0f / (float)wide;
        }
    >])
    for (int c = FIRST_OF(CHANNELS); c < END_OF(CHANNELS); c++) {
        WHEN(AFFINE, [<
            const VECTOR factor = SPLAT(weights[c]), summand = SPLAT(weights[CHANNELS + c]);
        >])
        const float *plane = in + STEPS([<c>], IN_H * IN_W, CHANNELS);
        FUNCTION(_columns)(plane, 0, PLUS(lines[0], PAD_LEFT));
        for (int y = 0; y < OUT_H; y++) {
            const float *line = lines[y % 2];
            float *to = out + STEPS([<c>], OUT_H * OUT_W, CHANNELS) + y * OUT_W;
            if (y + 1 < OUT_H)
                FUNCTION(_columns)(plane, y + 1, PLUS(lines[(y + 1) % 2], PAD_LEFT));
            WHEN_IS(KIND[<>]CLIPPED, avg1, [<
                const int top = MINUS(TIMES(y, STRIDE_H), PAD_TOP);
                const float share = 1.0f / (float)(HIGH);
            >])
            WHEN(APART, [<
                for (int x = 0; x < OUT_W; x++) {
                    float one = line[x * STRIDE_W];
                    for (int j = 1; j < KERNEL_W; j++) {
                        const float next = line[x * STRIDE_W + j];
                        MERGE_ONE([<next>])
                    }
                    merged[x] = one;
                }
            >])
            for (int i = 0; i < OUT_W; i += LANES) {
                const int x = IF(OUT_W < LANES, [<i>], [<LAST([<i>], LANES, OUT_W)>]);
                WHEN(APART, [<
                    VECTOR a = LOAD_AT(merged + x);
                >], [<
                    const float *window = line + TIMES(x, STRIDE_W);
                >])
                WHEN(UNROLLED && !APART, [<
                    FOR([<J>], KERNEL_W, [<
                        IF(J, [<MERGE([<PIXELS_J>])>], [<VECTOR a = PIXELS_J;>])
                    >])
                >])
                WHEN(!UNROLLED && !APART, [<
                    VECTOR a = EMPTY;
                    for (int j = 0; j < KERNEL_W; j++)
                        MERGE([<PIXELS_VARIABLE>])
                >])
                IS(KIND[<>]CLIPPED, avg0, [<a *= 1.0f / (float)m4_eval(KERNEL_H * KERNEL_W);>])
                IS(KIND[<>]CLIPPED, avg1, [<a *= LOAD_AT(shares + x) * share;>])
                WHEN_IS(KIND, l2, [<
                    for (int k = 0; k < LANES; k++)
                        a[k] = sqrtf(a[k]);
                >])
                IF(AFFINE, [<a = a * factor + summand;>])
                WHEN(OUT_W < LANES, [<
                    const VECTOR result = VECTOR_ACTIVATE(a);
                    memcpy(to, &result, OUT_W * sizeof *to);
                >], [<
                    STORE_AT(to + x, VECTOR_ACTIVATE(a))
                >])
            }
        }
    }
}
SHARE([<in>], IF(AFFINE, [<weights>]))
