m4_dnl SUM_FILTERS filters by TILE_ROWS x SUM_COLUMNS taps of weights_lanes.m4. A row of taps that does not exist for a
m4_dnl row of pixels is left out: with all taps at once, each by itself.
m4_define([<SUM>], [<a$1_$2_$3>])m4_dnl
m4_define([<ADD_ROW>], [<m4_dnl
FOR([<F>], SUM_FILTERS, [<
                const VECTOR d[<>]F = LOAD(AT(d, F * OUT_PLANE));
            >])
            FOR([<Q>], SUM_COLUMNS, [<
                const VECTOR x[<>]Q = LOAD(AT(from, Q * DILATION_W * LANE_COUNT));
                SEPARATED([< >], [<F>], SUM_FILTERS, [<SUM(F, $1, Q) += x[<>]Q * d[<>]F;>])
            >])>])m4_dnl
TARGET static inline __attribute__((always_inline)) void TILE_NAME(SUM_FILTERS, SUM_COLUMNS)(const float *x,
    const float *dy, float *gradient, int row, int first, int end, int fresh)
{
    FOR([<F>], SUM_FILTERS, [<
        FOR([<R>], TILE_ROWS, [<
            VECTOR SEPARATED([<, >], [<Q>], SUM_COLUMNS, [<SUM(F, R, Q) = {0}>]);
        >])
    >])
    for (int i = first; i < end; i++) {
        FOR([<R>], TILE_ROWS, [<
            IF(ALL_TAPS, [<if (TIMES([<i>], STRIDE_H) + row + m4_eval(R * DILATION_H) >= 0 && m4_dnl
TIMES([<i>], STRIDE_H) + row + m4_eval(R * DILATION_H) < IN_H)>])
            for (int j = 0; j < m4_eval(OUT_W * LANE_COUNT); j += LANES) {
                const float *const d = dy + i * OUT_ROW + j;
                const float *const from = x + (TIMES([<i>], STRIDE_H) + PLUS([<row>], m4_dnl
m4_eval(R * DILATION_H))) * IN_ROW + m4_dnl
IF(STRIDE_W == 1, [<j>], [<j / LANE_COUNT * m4_eval(STRIDE_W * LANE_COUNT) + j % LANE_COUNT>]);
                ADD_ROW(R)
            }
        >])
    }
    FOR([<F>], SUM_FILTERS, [<
        FOR([<R>], TILE_ROWS, [<
            FOR([<Q>], SUM_COLUMNS, [<
                ADD_LANES[<>](SUM(F, R, Q), AT(gradient, F * CHANNELS * TAPS + R * TAPS_W + Q), fresh);
            >])
        >])
    >])
}

