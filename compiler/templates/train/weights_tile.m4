m4_dnl SUM_ROWS x SUM_COLUMNS sums of weights.m4: rows are single numbers, columns vectors.
m4_define([<SUM>], [<a$1_$2>])m4_dnl
TARGET static inline __attribute__((always_inline)) void TILE_NAME(SUM_ROWS, SUM_COLUMNS)(const float *single,
    const float *turned, float *gradient, int row, int first, int end, int fresh)
{
    FOR([<R>], SUM_ROWS, [<
        VECTOR SEPARATED([<, >], [<Q>], SUM_COLUMNS, [<SUM(R, Q) = {0}>]);
    >])
    for (int i = first; i < end; i++)
        for (int j = 0; j < OUT_W; j++) {
            const float *s = single + SCALAR_ROW + j * SCALAR_STEP, *v = turned + VECTOR_ROW + j * VECTOR_STEP;
            for (int n = 0; n < LANE_COUNT; n++) {
                WHEN(SUM_COLUMNS <= SUM_ROWS, [<
                    FOR([<Q>], SUM_COLUMNS, [<
                        const VECTOR v[<>]Q = LOAD(AT(v, COLUMN_OFFSET(Q)));
                    >])
                    FOR([<R>], SUM_ROWS, [<
                        const float s[<>]R = s[m4_eval(R * SCALAR_NEXT)];
                        SEPARATED([< >], [<Q>], SUM_COLUMNS, [<SUM(R, Q) += v[<>]Q * s[<>]R;>])
                    >])
                >], [<
                    FOR([<R>], SUM_ROWS, [<
                        const float s[<>]R = s[m4_eval(R * SCALAR_NEXT)];
                    >])
                    FOR([<Q>], SUM_COLUMNS, [<
                        const VECTOR v[<>]Q = LOAD(AT(v, COLUMN_OFFSET(Q)));
                        SEPARATED([< >], [<R>], SUM_ROWS, [<SUM(R, Q) += v[<>]Q * s[<>]R;>])
                    >])
                >])
                s++;
                v += BLOCK;
            }
        }
    if (!fresh) {
        FOR([<R>], SUM_ROWS, [<
            FOR([<Q>], SUM_COLUMNS, [<
                SUM(R, Q) += LOAD(AT(gradient, R * ROW_NEXT + Q * COLUMN_NEXT));
            >])
        >])
    }
    FOR([<R>], SUM_ROWS, [<
        FOR([<Q>], SUM_COLUMNS, [<
            STORE(AT(gradient, R * ROW_NEXT + Q * COLUMN_NEXT), SUM(R, Q))
        >])
    >])
}

