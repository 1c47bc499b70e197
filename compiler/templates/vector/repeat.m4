m4_dnl A blocked tensor with each of CHANNELS channels REPEAT times side by side: what a depthwise convolution reads
m4_dnl that makes REPEAT maps of each. Vector v holds channels of one vector of the input, v / REPEAT; channels
m4_dnl beyond the last are repeated, too.
ASSERT([<REPEAT >= 2 && CHANNELS >= 1>])m4_dnl
m4_define([<VECTORS>], m4_eval((CHANNELS * REPEAT + BLOCK - 1) / BLOCK * BLOCK / LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(VECTORS / REPEAT))m4_dnl
m4_dnl Where vector v of a tensor begins that has planes: in a block there are several.
m4_define([<VECTOR_AT>], [<IF(LANES == BLOCK, [<STEPS([<$1>], $2, VECTORS)>], [<m4_dnl
STEPS([<$1 / m4_eval(BLOCK / LANES)>], $2, VECTORS) + $1 % m4_eval(BLOCK / LANES) * LANES>])>])m4_dnl
m4_dnl The last vector of the input may have fewer of the result: those from ALWAYS on.
m4_define([<ALWAYS>], m4_eval(VECTORS % REPEAT))m4_dnl
m4_define([<NOT_LAST>], [<m4_eval(ALWAYS && R >= ALWAYS)>])m4_dnl
m4_define([<LANES_FROM>], [<SEPARATED([<, >], [<I>], LANES, [<m4_eval(($1 * LANES + I) / REPEAT)>])>])m4_dnl
#if defined __clang__
#define FUNCTION(_lanes)(x, ...) __builtin_shufflevector(x, x, __VA_ARGS__)
#else
#define FUNCTION(_lanes)(x, ...) __builtin_shuffle(x, (INTEGERS){__VA_ARGS__})
#endif
/* @about@ */
TARGET static void FUNCTION()(const float *restrict in, float *restrict out)
{
    WHEN(HALO, [<
        ZERO_HALO_OF(m4_eval(VECTORS * LANES / BLOCK), BLOCK)
    >])
    for (int v = 0; v < m4_eval((VECTORS + REPEAT - 1) / REPEAT); v++)
        for (int y = 0; y < OUT_H; y++) {
            const float *from = PLUS(in, IN_START) + VECTOR_AT(v, IN_PLANE) + y * IN_ROW;
            FOR([<R>], REPEAT, [<
                float *to[<>]R = PLUS(out, OUT_START) + VECTOR_AT([<(PLUS(v * REPEAT, R))>], OUT_PLANE) + y * OUT_ROW;
            >])
            for (int x = 0; x < OUT_W; x++) {
                const VECTOR part = LOAD(from + x * BLOCK);
                FOR([<R>], REPEAT, [<
                    IF(NOT_LAST, [<if (v < WHOLE)>])
                    INDENT(NOT_LAST)STORE(to[<>]R + x * BLOCK, [<FUNCTION(_lanes)(part, LANES_FROM(R))>])
                >])
            }
        }
}
