m4_dnl The rows that a window covers, widened: `lines' is where each begins. A place in memory belongs to every ROWS-th
m4_dnl row of the image, with its padding, and rows above and below are all padding.
/* Row y of the image, from the padding on its left to that on its right. */
static void @function@_line(const signed char *in, int y, int16_t *to)
{
    if (y < 0 || y >= IN_H) {
        WORDS[<>]_fill(to, ZERO, m4_eval(COLUMNS * PITCH));
        return;
    }
    in += TIMES([<y>], m4_eval(IN_W * IN_C));
    IF(PAD_LEFT, [<WORDS[<>]_fill(to, ZERO, m4_eval(PAD_LEFT * PITCH));>])
    WHEN(PITCH == IN_C, [<
        WORDS[<>]_widen(in, PLUS(to, m4_eval(PAD_LEFT * PITCH)), m4_eval(COPIED * PITCH));
    >], [<
        int16_t *pixel = PLUS(to, m4_eval(PAD_LEFT * PITCH));
        for (int x = 0; x < COPIED; x++) {
            for (int c = 0; c < IN_C; c++)
                *pixel++ = *in++;
            *pixel++ = 0;
        }
    >])
    WHEN(COLUMNS > PAD_LEFT + COPIED, [<
        WORDS[<>]_fill(to + m4_eval((PAD_LEFT + COPIED) * PITCH), ZERO, m4_dnl
m4_eval((COLUMNS - PAD_LEFT - COPIED) * PITCH));
    >])
}

