m4_dnl Pools of s8 by pixels: as quantised/pool.m4, all channels of a pixel after each other.
ASSERT([<KERNEL_H >= 1 && KERNEL_W >= 1 && (ADAPTIVE || STRIDE_H >= 1 && STRIDE_W >= 1)>])m4_dnl
m4_include([<portable/pool_words.m4>])m4_dnl
m4_define([<PIXEL>], [<in[(i * IN_W + j) * CHANNELS + c]>])m4_dnl
m4_define([<REAL>], [<(bottom > top && right > left ? (bottom - top) * (right - left) : 0)>])m4_dnl
m4_define([<COUNTED>], [<IS(COUNT, all, [<m4_eval(KERNEL_H * KERNEL_W)>], [<(PADDED(H)) * (PADDED(W))>])>])m4_dnl
/* @about@ */
static void @function@(const signed char *restrict in, signed char *restrict out)
{
    for (int y = 0; y < OUT_H; y++) {
        WHEN(CLIP_H, [<
            const int y0 = BEGIN([<y>], H, TOP), y1 = END([<y>], H, [<y0>]);
            const int top = y0 < 0 ? 0 : y0, bottom = y1 > IN_H ? IN_H : y1;
        >], [<
            const int top = BEGIN([<y>], H, TOP), bottom = END([<y>], H, [<top>]);
        >])
        for (int x = 0; x < OUT_W; x++) {
            WHEN(CLIP_W, [<
                const int x0 = BEGIN([<x>], W, LEFT), x1 = END([<x>], W, [<x0>]);
                const int left = x0 < 0 ? 0 : x0, right = x1 > IN_W ? IN_W : x1;
            >], [<
                const int left = BEGIN([<x>], W, LEFT), right = END([<x>], W, [<left>]);
            >])
            for (int c = 0; c < CHANNELS; c++) {
                WHEN_IS(KIND, max, [<
                    int result = -128;
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++)
                            result = PIXEL > result ? PIXEL : result;
                >], [<
                    int32_t sum = 0;
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++)
                            sum += PIXEL;
                    IS(COUNT, real, [<const int real = REAL, count = real > 0 ? real : 1;>], m4_dnl
[<const int count = COUNTED;>])
                    IS(COUNT, real, [<sum = real > 0 ? sum : ZERO;>], m4_dnl
[<IF(CLIP_H || CLIP_W, [<sum += ZERO * (count - REAL);>])>])
                    int32_t result = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
                    result = result < LOW ? LOW : result > HIGH ? HIGH : result;
                >])
                *out++ = (signed char)result;
            }
        }
    }
}
