m4_dnl Pools of s8 for one instruction set, channels side by side: as quantised/pool.m4, 16 channels at a time. A mean's
m4_dnl quotient is found in floats, which is exact for as many pixels as a window has here.
m4_include([<quantised/channels.m4>])m4_dnl
m4_include([<portable/pool_words.m4>])m4_dnl
ASSERT([<CHANNELS % 16 == 0>])m4_dnl
m4_define([<REAL>], [<(bottom > top && right > left ? (bottom - top) * (right - left) : 0)>])m4_dnl
m4_define([<COUNTED>], [<IS(COUNT, all, [<m4_eval(KERNEL_H * KERNEL_W)>], [<(PADDED(H)) * (PADDED(W))>])>])m4_dnl
/* @about@ */
static TARGET void K_NAME[<>](const signed char *restrict in, signed char *restrict out)
{
    WHEN_IS(KIND, max, [<
        typedef signed char sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    >], [<
        typedef float floats __attribute__((vector_size(BYTES), may_alias));
    >])
    for (int y = 0; y < OUT_H; y++) {
        WHEN(CLIP_H, [<
            const int y0 = BEGIN([<y>], H, TOP), y1 = END([<y>], H, [<y0>]);
            const int top = y0 < 0 ? 0 : y0, bottom = y1 > IN_H ? IN_H : y1;
        >], [<
            const int top = BEGIN([<y>], H, TOP), bottom = END([<y>], H, [<top>]);
        >])
        for (int x = 0; x < OUT_W; x++, out += CHANNELS) {
            WHEN(CLIP_W, [<
                const int x0 = BEGIN([<x>], W, LEFT), x1 = END([<x>], W, [<x0>]);
                const int left = x0 < 0 ? 0 : x0, right = x1 > IN_W ? IN_W : x1;
            >], [<
                const int left = BEGIN([<x>], W, LEFT), right = END([<x>], W, [<left>]);
            >])
            WHEN_IS(KIND, max, [<
                for (int c = 0; c < CHANNELS; c += 16) {
                    sixteen result = (sixteen){0} + (signed char)-128;
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++) {
                            const sixteen one = *(const sixteen *)(in + (i * IN_W + j) * CHANNELS + c);
                            const sixteen larger = one > result;
                            result = (one & larger) | (result & ~larger);
                        }
                    *(sixteen *)(out + c) = result;
                }
            >], [<
                IS(COUNT, real, [<const int real = REAL, count = real > 0 ? real : 1;>], m4_dnl
[<const int count = COUNTED;>])
                const int half = count / 2, more = IS(COUNT, real, [<real > 0 ? 0 : ZERO>], m4_dnl
[<IF(CLIP_H || CLIP_W, [<ZERO * (count - REAL)>], 0)>]);
                const floats divisor = (floats){0} + (float)count;
                for (int c = 0; c < CHANNELS; c += 16) {
EACH([<V>], BLOCK_VECTORS, [<                S32 sum[<>]V = ALL(more);
>])m4_dnl
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++) {
                            const signed char *from = in + (i * IN_W + j) * CHANNELS + c;
EACH([<V>], BLOCK_VECTORS, [<                        m4_dnl
sum[<>]V += INT[<>]_wide(from + m4_eval(V * LANES_32));
>])m4_dnl
                        }
EACH([<V>], BLOCK_VECTORS, [<                m4_dnl
sum[<>]V += ((ALL(half)) ^ (sum[<>]V <= 0)) - (sum[<>]V <= 0);
                    sum[<>]V = __builtin_convertvector(m4_dnl
__builtin_convertvector(sum[<>]V, floats) / divisor, S32);
>])m4_dnl
                    INT[<>]_store(SIXTEEN([<sum>]), 0, LOW, HIGH, out + c);
                }
            >])
        }
    }
}
