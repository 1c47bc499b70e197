m4_dnl The rows that a window covers, beside their padding. A place in memory belongs to every ROWS-th row of the image,
m4_dnl and rows above and below are all padding. BY_MAPS: the image lies map after map.
/* Row y of the image, from the padding on its left to that on its right. */
static void @function@_line(const float *in, int y, float *to)
{
    WHEN(CLIP_H, [<
        if (y < 0 || y >= IN_H) {
            FLOATS[<>]_clear(to, m4_eval(COLUMNS * IN_C));
            return;
        }
    >])
    IF(PAD_LEFT, [<FLOATS[<>]_clear(to, m4_eval(PAD_LEFT * IN_C));>])
    WHEN(BY_MAPS, [<
        for (int c = 0; c < IN_C; c++) {
            const float *from = in + (TIMES([<c>], IN_H) + y) * IN_W;
            for (int x = 0; x < COPIED; x++)
                to[TIMES([<(PLUS(x, PAD_LEFT))>], IN_C) + c] = from[x];
        }
    >], [<
        FLOATS[<>]_copy(in + y * m4_eval(IN_W * IN_C), PLUS(to, m4_eval(PAD_LEFT * IN_C)), m4_eval(COPIED * IN_C));
    >])
    WHEN(COLUMNS > PAD_LEFT + COPIED, [<
        FLOATS[<>]_clear(to + m4_eval((PAD_LEFT + COPIED) * IN_C), m4_eval((COLUMNS - PAD_LEFT - COPIED) * IN_C));
    >])
}

m4_dnl The next rows that row y of the result reads, where rows are copied.
m4_define([<READ_LINES>], [<        const int top = MINUS(TIMES([<y>], STRIDE_H), PAD_TOP);
        IF(STRIDE_H * POOL > ROWS, [<next = top;>])
        for (; next < top + ROWS; next++)
            @function@_line(in, next, rows + (PLUS(next, PAD_TOP)) % ROWS * LINE);
>])m4_dnl
