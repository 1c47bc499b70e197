m4_dnl Floats become s8 for one instruction set: COUNT of them for each of CHANNELS planes, less the mean, times the
m4_dnl scale of the plane where there are any (AFFINE). The last ones of a plane are done again with those before them.
m4_include([<quantised/channels.m4>])m4_dnl
ASSERT([<CHANNELS >= 1 && COUNT >= 16>])m4_dnl
m4_define([<READ>], [<*(const INT[<>]_floats *)(in + i + m4_eval(V * LANES_32))>])m4_dnl
/* @about@ */
static TARGET void K_NAME[<>](LIST([<const float *restrict in>], IF(AFFINE, [<const float *restrict constants>]),
                              [<signed char *restrict out>]))
{
    for (int c = 0; c < CHANNELS; c++, in += COUNT, out += COUNT) {
        IF(AFFINE, [<const float mean = constants[c], factor = constants[CHANNELS + c];>])
        for (int p = 0; p < COUNT; p += 16) {
            const int i = LAST(p, 16, COUNT);
            INT[<>]_store(SEPARATED([<, >], [<V>], BLOCK_VECTORS, [<m4_dnl
INT[<>]_round(IF(AFFINE, [<(READ - mean) * factor>], [<READ>]), SCALE)>]), OUT_ZERO, -128, 127, out + i);
        }
    }
}
