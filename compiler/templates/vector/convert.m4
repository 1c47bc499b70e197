m4_include([<vector/vector.m4>])m4_dnl
m4_dnl The same numbers in another layout: planar to blocked (channels beyond the last are zero), blocked
m4_dnl to planar, or planar with a halo of zeros around each map.
m4_define([<PLANES>], m4_eval((CHANNELS + OUT_BLOCK - 1) / OUT_BLOCK))m4_dnl
m4_define([<FROM>], [<PLUS(in, IN_START) + STEPS($1, IN_PLANE, CHANNELS) + y * IN_ROW>])m4_dnl
m4_define([<TO>], [<PLUS(out, OUT_START) + STEPS($1, OUT_PLANE, [<$2>]) + y * OUT_ROW>])m4_dnl
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    WHEN(HALO, [<
        ZERO_HALO_OF(PLANES, OUT_BLOCK)
    >])
    WHEN(OUT_BLOCK == 1 && IN_BLOCK == 1, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < OUT_H; y++)
                memcpy(TO(c, CHANNELS), FROM(c), OUT_W * sizeof *out);
    >])
    WHEN(OUT_BLOCK == 1 && IN_BLOCK > 1, [<
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < OUT_H; y++) {
                const float *from = FROM(c / IN_BLOCK) + c % IN_BLOCK;
                float *to = TO(c, CHANNELS);
                for (int x = 0; x < OUT_W; x++)
                    to[x] = from[x * IN_BLOCK];
            }
    >])
    WHEN(OUT_BLOCK > 1, [<
        for (int c = 0; c < m4_eval(PLANES * OUT_BLOCK); c++)
            for (int y = 0; y < OUT_H; y++) {
                float *to = TO(c / OUT_BLOCK, PLANES * OUT_BLOCK) + c % OUT_BLOCK;
                WHEN(CHANNELS % OUT_BLOCK, [<
                    if (c >= CHANNELS) {
                        for (int x = 0; x < OUT_W; x++)
                            to[x * OUT_BLOCK] = 0.0f;
                        continue;
                    }
                >])
                const float *from = FROM(c);
                for (int x = 0; x < OUT_W; x++)
                    to[x * OUT_BLOCK] = from[x];
            }
    >])
}
m4_undefine([<PLANES>], [<FROM>], [<TO>])m4_dnl
