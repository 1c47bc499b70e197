m4_dnl The body of depthwise.m4's innermost loop: TILE_H x TILE_COLUMNS pixels of one vector of channels. BY_ROWS: the
m4_dnl weights of a row of the window are in registers, and a pixel is read once for all that see it.
ASSERT([<!BY_ROWS || TILE_H == 1>])m4_dnl
m4_define([<SUM>], [<a$1_$2>])m4_dnl
m4_define([<INPUT>], [<LOAD(AT(x, R * PIXEL_ROW + P * PIXEL_COLUMN + TAP))>])m4_dnl
m4_define([<TAP>], [<K / KERNEL_W * TAP_ROW + K % KERNEL_W * TAP_COLUMN>])m4_dnl
m4_define([<RESULT>], [<TERMS([<BEGUN>], IF(RESIDUAL, [<LOAD(AT(from, R * RESIDUAL_ROW + P * BLOCK))>]))>])m4_dnl
m4_define([<BEGUN>], [<IF(BEFORE_EACH, [<sums[m4_eval(R * TILE_COLUMNS + P)]>],
    [<VECTOR_BEFORE(SUM(R, P), [<before_slope>])>])>])m4_dnl
m4_define([<RESULT_AT>], [<AT(to, R * OUT_ROW + P * BLOCK)>])m4_dnl
m4_dnl BY_ROWS: of a row of the input, SEEN pixels; pixel P of the tile sees number I by tap TAP_SEEN, if any.
m4_define([<SEEN>], m4_eval(((TILE_COLUMNS - 1) * PIXEL_COLUMN + (KERNEL_W - 1) * TAP_COLUMN) / BLOCK + 1))m4_dnl
m4_define([<FROM_TAP>], [<(I * BLOCK - P * PIXEL_COLUMN)>])m4_dnl
m4_define([<SEES>], [<m4_eval(FROM_TAP >= 0 && FROM_TAP % TAP_COLUMN == 0 && FROM_TAP / TAP_COLUMN < KERNEL_W)>])m4_dnl
m4_define([<TAP_SEEN>], [<m4_eval(FROM_TAP / TAP_COLUMN)>])m4_dnl
m4_define([<ADD_SEEN>], [<IF(SEES, [<SUM(0, P) += WEIGHT(TAP_SEEN) * p[<>]I; >])>])m4_dnl
m4_define([<IS_SEEN>], [<0[<>]EACH([<P>], TILE_COLUMNS, [< + SEES>])>])m4_dnl
m4_dnl Number I of all results, or sums.
m4_define([<NUMBER_I>], [<m4_dnl
m4_pushdef([<R>], m4_eval(I / TILE_COLUMNS))m4_pushdef([<P>], m4_eval(I % TILE_COLUMNS))m4_dnl
$1[<>]m4_popdef([<R>], [<P>])>])m4_dnl
                    FOR([<R>], TILE_H, [<
                        FOR([<P>], TILE_COLUMNS, [<
                            VECTOR SUM(R, P) = b;
                        >])
                    >])
                    WHEN(BY_ROWS, [<
                        for (int ky = 0; ky < KERNEL_H; ky++) {
                            const float *at = x + ky * TAP_ROW;
                            FOR([<K>], KERNEL_W, [<
                                const VECTOR WEIGHT(K) = m4_dnl
LOAD_WEIGHTS(AT(w + ky * m4_eval(KERNEL_W * BLOCK), K * BLOCK));
                            >])
                            FOR([<I>], SEEN, [<
                                WHEN(IS_SEEN, [<
                                    const VECTOR p[<>]I = LOAD(AT(at, I * BLOCK));
                                    EACH([<P>], TILE_COLUMNS, [<ADD_SEEN>])
                                >])
                            >])
                        }
                    >])
                    WHEN(UNROLLED && !BY_ROWS, [<
                        FOR([<K>], TAPS, [<
                            FOR([<R>], TILE_H, [<
                                FOR([<P>], TILE_COLUMNS, [<
                                    SUM(R, P) += WEIGHT(K) * INPUT;
                                >])
                            >])
                        >])
                    >])
                    WHEN(!UNROLLED && !BY_ROWS, [<
                        for (int ky = 0; ky < KERNEL_H; ky++)
                            for (int kx = 0; kx < KERNEL_W; kx++) {
                                const VECTOR weight = LOAD_WEIGHTS(w + (TIMES(ky, KERNEL_W) + kx) * BLOCK);
                                const float *at = x + ky * TAP_ROW + kx * TAP_COLUMN;
                                FOR([<R>], TILE_H, [<
                                    FOR([<P>], TILE_COLUMNS, [<
                                        SUM(R, P) += weight * LOAD(AT(at, R * PIXEL_ROW + P * PIXEL_COLUMN));
                                    >])
                                >])
                            }
                    >])
                    WHEN(BEFORE_EACH, [<
                        BEFORE_TO_EACH([<I>], TILE_H * TILE_COLUMNS, [<NUMBER_I([<SUM(R, P)>])>], 4)
                    >])
                    WHEN(ACTIVATION_EACH, [<
                        STORE_EACH([<I>], TILE_H * TILE_COLUMNS, [<NUMBER_I([<RESULT>])>],
                                   [<NUMBER_I([<RESULT_AT>])>], 4)
                    >], [<
                        FOR([<R>], TILE_H, [<
                            FOR([<P>], TILE_COLUMNS, [<
                                STORE_ACTIVATED(RESULT_AT, sum, RESULT, [<slope>])
                            >])
                        >])
                    >])
                    x += m4_eval(TILE_COLUMNS * PIXEL_COLUMN);
                    to += m4_eval(TILE_COLUMNS * BLOCK);
                    IF(RESIDUAL, [<from += m4_eval(TILE_COLUMNS * BLOCK);>])
