m4_dnl Pools of floats by pixels: as portable/pool.m4, all channels of a pixel after each other.
ASSERT([<KERNEL_H >= 1 && KERNEL_W >= 1 && (ADAPTIVE || STRIDE_H >= 1 && STRIDE_W >= 1)>])m4_dnl
m4_include([<portable/pool_words.m4>])m4_dnl
m4_define([<PIXEL>], [<in[(i * IN_W + j) * CHANNELS + c]>])m4_dnl
m4_define([<COUNTED>], [<m4_indir([<COUNTED_>]COUNT)>])m4_dnl
m4_define([<COUNTED_all>], [<m4_eval(KERNEL_H * KERNEL_W)>])m4_dnl
m4_define([<COUNTED_real>], [<(bottom > top && right > left ? (bottom - top) * (right - left) : 1)>])m4_dnl
m4_define([<COUNTED_padded>], [<((PADDED(H)) * (PADDED(W)))>])m4_dnl
m4_define([<SCALED>], [<IF(AFFINE, [<weights[c] * result + weights[CHANNELS + c]>], [<result>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]),
                            [<float *restrict out>]))
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
                    float result = -INFINITY;
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++) {
                            const float pixel = PIXEL;
                            result = pixel > result || pixel != pixel ? pixel : result;
                        }
                >], [<
                    float result = 0.0f;
                    for (int i = top; i < bottom; i++)
                        for (int j = left; j < right; j++)
                            result += PIXEL;
                    result /= (float)COUNTED;
                >])
                *out++ = ACTIVATE([<SCALED>], [<c>]);
            }
        }
    }
}
