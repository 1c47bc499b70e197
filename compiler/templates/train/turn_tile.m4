m4_dnl TILE_CHANNELS of a pixel of turn.m4, LANES of them by LANES images at a time.
m4_define([<STAGE>], [<FOR([<I>], LANES, [<
            IF(I & $1, [<>], [<EXCHANGE[<>]_$1(&r[<>]I, &r[<>]m4_eval(I + $1));>])
        >])>])m4_dnl
m4_define([<OF_X>], [<IF(NORM, [<VALUE_OF[<>](LOAD($1) * factors[$2] + summands[$2])>], [<LOAD($1)>])>])m4_dnl
/* A pixel of TILE_CHANNELS channels. */
TARGET static inline __attribute__((always_inline)) void APPLY(TILE_NAME(TILE_CHANNELS), [<const float *from>],
    IF(NORM, [<const float *factors>]), IF(NORM, [<const float *summands>]), [<float *to>])
{
    FOR([<S>], m4_eval(BLOCK / LANES), [<
        for (int l = 0; l < LANE_COUNT; l += LANES) {
            FOR([<I>], LANES, [<
                VECTOR r[<>]I = IF(S * LANES + I < TILE_CHANNELS, m4_dnl
[<OF_X(from + m4_eval((S * LANES + I) * IN_PLANE) + l, m4_eval(S * LANES + I))>], [<{0}>]);
            >])
            STAGE(1)
            STAGE(2)
            IF(LANES > 4, [<STAGE(4)>])
            IF(LANES > 8, [<STAGE(8)>])
            FOR([<I>], LANES, [<
                STORE(to + (l + I) * BLOCK + m4_eval(S * LANES), r[<>]I)
            >])
        }
    >])
}

