m4_include([<vector/vector.m4>])m4_dnl
m4_dnl The same numbers in another layout: planar to blocked (channels that do not exist are zero), blocked
m4_dnl to planar, or planar with a halo of zeros around each map.
m4_define([<PLANES>], m4_eval((CHANNELS + OUT_BLOCK - 1) / OUT_BLOCK))m4_dnl
/* @about@ */
TARGET static void FUNCTION[<>](const float *restrict in, float *restrict out)
{
IF(HALO, [<    @name@_zero_halo(out, PLANES, OUT_PLANE, OUT_ROW, HALO_TOP, m4_eval(HALO_LEFT * OUT_BLOCK), OUT_H, m4_eval(OUT_W * OUT_BLOCK), m4_eval(HALO_RIGHT * OUT_BLOCK), HALO_BOTTOM);
>])m4_dnl
IF(OUT_BLOCK == 1 && IN_BLOCK == 1, [<m4_dnl
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++)
            memcpy(PLUS(out, OUT_START) + STEPS(c, OUT_PLANE, CHANNELS) + y * OUT_ROW, PLUS(in, IN_START) + STEPS(c, IN_PLANE, CHANNELS) + y * IN_ROW, OUT_W * sizeof(float));
>])m4_dnl
IF(OUT_BLOCK == 1 && IN_BLOCK > 1, [<m4_dnl
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++) {
            const float *from = PLUS(in, IN_START) + STEPS(c / IN_BLOCK, IN_PLANE, CHANNELS) + y * IN_ROW + c % IN_BLOCK;
            float *to = PLUS(out, OUT_START) + STEPS(c, OUT_PLANE, CHANNELS) + y * OUT_ROW;
            for (int x = 0; x < OUT_W; x++)
                to[x] = from[x * IN_BLOCK];
        }
>])m4_dnl
IF(OUT_BLOCK > 1, [<m4_dnl
    for (int c = 0; c < m4_eval(PLANES * OUT_BLOCK); c++)
        for (int y = 0; y < OUT_H; y++) {
            float *to = PLUS(out, OUT_START) + STEPS(c / OUT_BLOCK, OUT_PLANE, PLANES * OUT_BLOCK) + y * OUT_ROW + c % OUT_BLOCK;
IF(CHANNELS % OUT_BLOCK, [<            if (c >= CHANNELS) {
                for (int x = 0; x < OUT_W; x++)
                    to[x * OUT_BLOCK] = 0.0f;
                continue;
            }
>])m4_dnl
            const float *from = PLUS(in, IN_START) + STEPS(c, IN_PLANE, CHANNELS) + y * IN_ROW;
            for (int x = 0; x < OUT_W; x++)
                to[x * OUT_BLOCK] = from[x];
        }
>])m4_dnl
}
