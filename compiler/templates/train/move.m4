m4_include([<train/train.m4>])m4_dnl
m4_dnl Numbers moved to other places, image by image: number (i, j, k) of COUNT_I x COUNT_J x COUNT_K. ADDS: they are
m4_dnl added to what is there, which is zero at first; FILLS: what none moves to has the value FILL.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    IF(FILLS, [<>], [<CLEAR_BORDER>])
    WHEN(FILLS, [<
        WHEN(FILL_IS_ZERO, [<
            memset(out, 0, OUT_COUNT * sizeof *out);
        >], [<
            CLEAR_BORDER
            for (int c = 0; c < OUT_C; c++)
                for (int y = 0; y < OUT_H; y++)
                    for (int i = 0; i < m4_eval(OUT_W * LANE_COUNT); i++)
                        out[PLUS([<c * OUT_PLANE + y * OUT_ROW + i>], OUT_START)] = FILL;
        >])
    >])
    for (int i = 0; i < COUNT_I; i++)
        for (int j = 0; j < COUNT_J; j++)
            for (int k = 0; k < COUNT_K; k++) {
                const float *const from = PLUS(in, FROM_START)[<>]PLUS_TERM([<i>], m4_dnl
FROM_I)[<>]PLUS_TERM([<j>], FROM_J)[<>]m4_dnl
PLUS_TERM([<k>], FROM_K);
                float *const to = PLUS(out, TO_START)[<>]PLUS_TERM([<i>], TO_I)[<>]PLUS_TERM([<j>], TO_J)[<>]m4_dnl
PLUS_TERM([<k>], TO_K);
                EACH_LANE
                    to[l] IF(ADDS, [<+=>], [<=>]) from[l];
            }
}
