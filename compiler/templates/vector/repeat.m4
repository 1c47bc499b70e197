m4_include([<vector/vector.m4>])m4_dnl
m4_dnl A blocked tensor with each of CHANNELS channels REPEAT times side by side: what a depthwise convolution reads that
m4_dnl makes REPEAT maps of each. Vector v holds channels of one vector of the input, v / REPEAT; channels beyond
m4_dnl the last are repeated, too.
ASSERT([<REPEAT >= 2 && CHANNELS >= 1>])m4_dnl
m4_define([<VECTORS>], m4_eval((CHANNELS * REPEAT + BLOCK - 1) / BLOCK * BLOCK / LANES))m4_dnl
m4_define([<WHOLE>], m4_eval(VECTORS / REPEAT))m4_dnl
m4_dnl Where vector v of a tensor IN or OUT begins.
m4_define([<VECTOR_AT>], [<$1_START + $2 / m4_eval(BLOCK / LANES) * $1_PLANE + $2 % m4_eval(BLOCK / LANES) * LANES>])m4_dnl
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
            const float *from = in + VECTOR_AT(IN, v) + y * IN_ROW;
            FOR([<R>], REPEAT, [<
                float *to[<>]R = out + VECTOR_AT(OUT, (v * REPEAT + R)) + y * OUT_ROW;
            >])
            for (int x = 0; x < OUT_W; x++) {
                const VECTOR part = LOAD(from + x * BLOCK);
                FOR([<R>], REPEAT, [<
                    IF(R >= VECTORS % REPEAT && VECTORS % REPEAT, [<if (v < WHOLE)>])
                    INDENT(R >= VECTORS % REPEAT && VECTORS % REPEAT)STORE(to[<>]R + x * BLOCK, FUNCTION(_lanes)(part, LANES_FROM(R)))
                >])
            }
        }
}
m4_undefine([<VECTORS>], [<WHOLE>])m4_dnl
