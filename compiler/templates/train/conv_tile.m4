m4_dnl TILE_FILTERS x TILE_PIXELS sums of conv.m4, of as many images as a vector has lanes. The smaller side is loaded
m4_dnl for each tap and kept, the other one passes through a register.
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<BY_PIXELS>], m4_eval(TILE_PIXELS <= TILE_FILTERS))m4_dnl
/* TILE_FILTERS results a pixel of TILE_PIXELS pixels side by side. */
TARGET static inline __attribute__((always_inline)) void APPLY(TILE_NAME(TILE_FILTERS, TILE_PIXELS),
    [<const float *in>], [<const float *w>], IF(BIAS, [<const float *bias>]), [<float *out>], [<int row>],
    [<int first>], [<int end>], IF(REST_CHANNELS, [<int channels>]), IF(BLOCKS && !ADDS, [<int more>]))
{
    FOR([<F>], TILE_FILTERS, [<
        VECTOR SEPARATED([<, >], [<P>], TILE_PIXELS, [<SUM(F, P) = IF(BIAS, [<SPLAT(bias[F])>], [<{0}>])>]);
    >])
    WHEN(ADDS, [<
        FOR([<F>], TILE_FILTERS, [<
            FOR([<P>], TILE_PIXELS, [<
                SUM(F, P) = LOAD(AT(out, F * OUT_PLANE + P * OUT_STEP));
            >])
        >])
    >])
    WHEN(BLOCKS && !ADDS, [<
        if (more) {
            FOR([<F>], TILE_FILTERS, [<
                FOR([<P>], TILE_PIXELS, [<
                    SUM(F, P) = LOAD(AT(out, F * OUT_PLANE + P * OUT_STEP));
                >])
            >])
        }
    >])
    WHEN(NO_TAP, [<
        (void)in, (void)w, (void)row, (void)first, (void)end;
    >], [<
        for (int c = 0; c < IF(REST_CHANNELS, [<channels>], BLOCK); c++)
            for (int t = first; t < end; t++) {
                const float *x = in + c * IN_PLANE + (row[<>]PLUS_TERM([<t>], ROW_TAP)) * IN_ROW;
                const float *v = w + TIMES([<c>], W_CHANNEL) + TIMES([<t>], W_ROW);
                IF(TAPS_W > 1, [<for (int u = 0; u < TAPS_W; u++) {>])
                IF(TAPS_W > 1, [<READ_AGAIN(x);>])
                WHEN(BY_PIXELS, [<
                    FOR([<P>], TILE_PIXELS, [<
                        const VECTOR x[<>]P = LOAD(AT(x, P * IN_STEP));
                    >])
                    FOR([<F>], TILE_FILTERS, [<
                        const float w[<>]F = v[m4_eval(F * W_FILTER)];
                        SEPARATED([< >], [<P>], TILE_PIXELS, [<SUM(F, P) += x[<>]P * w[<>]F;>])
                    >])
                >], [<
                    FOR([<F>], TILE_FILTERS, [<
                        const float w[<>]F = v[m4_eval(F * W_FILTER)];
                    >])
                    FOR([<P>], TILE_PIXELS, [<
                        const VECTOR x[<>]P = LOAD(AT(x, P * IN_STEP));
                        SEPARATED([< >], [<F>], TILE_FILTERS, [<SUM(F, P) += x[<>]P * w[<>]F;>])
                    >])
                >])
                WHEN(TAPS_W > 1, [<
                        x += COLUMN_TAP;
                        v += W_COLUMN;
                    }
                >])
            }
    >])
    FOR([<F>], TILE_FILTERS, [<
        FOR([<P>], TILE_PIXELS, [<
            STORE(AT(out, F * OUT_PLANE + P * OUT_STEP), SUM(F, P))
        >])
    >])
}

