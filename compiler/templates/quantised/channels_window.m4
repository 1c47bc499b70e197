m4_dnl The copy of what some rows of the result read, as numbers of 16 bits, padding and all: K_NAME_window.
m4_dnl Do the groups of channels lie in the window as they do in the tensor, without padding of their own?
m4_define([<DENSE_GROUPS>], [<(GROUPS == 1 || GROUP_PIXEL == IN_PER_GROUP)>])m4_dnl
/* What `rows' rows of the window read, from row `top' of the input on. */
static TARGET void K_NAME[<>]_window(const signed char *restrict in, int16_t *restrict window, int top, int rows)
{
    for (int r = 0; r < rows; r++, window += WIN_ROW) {
        const int y = top + TIMES(r, STEP_H);
        if (y < 0 || y >= IN_H) {
            for (int i = 0; i < WIN_ROW; i++)
                window[i] = ZERO;
            continue;
        }
        const signed char *line = in + (long)y * IN_ROW;
        WHEN(WIN_LEFT > 0, [<
            for (int i = 0; i < m4_eval(WIN_LEFT * WIN_PIXEL); i++)
                window[i] = ZERO;
        >])
        WHEN(WIN_REAL > 0, [<
            int16_t *const real = PLUS(window, m4_eval(WIN_LEFT * WIN_PIXEL));
            WHEN(STEP_W == 1 && IN_STEP == 1 && IN_PIXEL == WIN_PIXEL && DENSE_GROUPS, [<
                for (int i = 0; i < m4_eval(WIN_REAL * WIN_PIXEL); i++)
                    real[i] = line[PLUS(i, m4_eval(WIN_FIRST * IN_PIXEL))];
            >], [<
                for (int x = 0; x < WIN_REAL; x++) {
                    WHEN(GROUP_PIXEL == IN_PER_GROUP, [<
                        for (int c = 0; c < WIN_PIXEL; c++)
                            real[x * WIN_PIXEL + c] = m4_dnl
line[PLUS(x * m4_eval(STEP_W * IN_PIXEL) + TIMES(c, IN_STEP), m4_dnl
m4_eval(WIN_FIRST * IN_PIXEL))];
                    >], [<
                        for (int g = 0; g < GROUPS; g++)
                            for (int c = 0; c < GROUP_PIXEL; c++)
                                real[x * WIN_PIXEL + g * GROUP_PIXEL + c] = (int16_t)(c < IN_PER_GROUP ? m4_dnl
line[PLUS(x * m4_eval(STEP_W * IN_PIXEL) + TIMES((g * IN_PER_GROUP + c), IN_STEP), m4_dnl
m4_eval(WIN_FIRST * IN_PIXEL))] : 0);
                    >])
                }
            >])
        >])
        WHEN(WIN_LEFT + WIN_REAL < WIN_W, [<
            for (int i = m4_eval((WIN_LEFT + WIN_REAL) * WIN_PIXEL); i < WIN_ROW; i++)
                window[i] = ZERO;
        >])
    }
}
