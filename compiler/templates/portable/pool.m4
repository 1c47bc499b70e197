m4_dnl Pooling. A window is cut off at the edges of the image; COUNT says what a mean divides by: the
m4_dnl pixels that are real, those that are real or padding, or always all of the window.
ASSERT([<KERNEL_H >= 1 && KERNEL_W >= 1 && (ADAPTIVE || STRIDE_H >= 1 && STRIDE_W >= 1)>])m4_dnl
m4_include([<portable/pool_words.m4>])m4_dnl
m4_dnl
m4_dnl What each kind of pool does with a pixel, and with the sum over the window.
m4_define([<PIXEL>], [<map[i * IN_W + j]>])m4_dnl
m4_define([<EACH_max>], [<{
                        const float pixel = PIXEL;
                        result = pixel > result || pixel != pixel ? pixel : result;
                    }>])m4_dnl
m4_define([<EACH_avg>], [<result += PIXEL;>])m4_dnl
m4_define([<EACH_l2>], [<result += PIXEL * PIXEL;>])m4_dnl
m4_define([<EACH_gauss>], [<{
                        const float weight = row_weights[i - FIRST_H] * column_weights[j - FIRST_W];
                        result += weight * PIXEL;
                        total += weight;
                    }>])m4_dnl
m4_define([<COUNT_all>], [<result /= m4_eval(KERNEL_H * KERNEL_W).0f;>])m4_dnl
m4_define([<COUNT_real>], [<if (bottom > top && right > left)
                    result /= (float)((bottom - top) * (right - left));>])m4_dnl
m4_define([<COUNT_padded>], [<const int rows = PADDED(H), columns = PADDED(W);
                result /= (float)(rows * columns);>])m4_dnl
m4_define([<FINAL_max>], [<>])m4_dnl
m4_define([<FINAL_avg>], [<m4_indir([<COUNT_>]COUNT)>])m4_dnl
m4_define([<FINAL_l2>], [<result = sqrtf(result);>])m4_dnl
m4_define([<FINAL_gauss>], [<result = total > 0.0f ? result / total : 0.0f;>])m4_dnl
m4_dnl
m4_dnl The window's weights along both axes: the same for all windows, or as large as each is.
m4_define([<GAUSS_ONCE>], [<IS(KIND[<>]ADAPTIVE, gauss0, [<GAUSS_WINDOW[<>]($1, $2);>])>])m4_dnl
m4_define([<GAUSS_EACH>], [<IS(KIND[<>]ADAPTIVE, gauss1, [<GAUSS_WINDOW[<>]($1, $2);>])>])m4_dnl
m4_define([<SCALED>], [<IF(AFFINE, [<weights[c] * result + weights[CHANNELS + c]>], [<result>])>])m4_dnl
/* @about@ */
static void @function@(LIST([<const float *restrict in>], IF(AFFINE, [<const float *restrict weights>]),
                            [<float *restrict out>]))
{
    IS(KIND, gauss, [<float row_weights[KERNEL_H], column_weights[KERNEL_W];>])
    GAUSS_ONCE([<row_weights>], KERNEL_H)
    GAUSS_ONCE([<column_weights>], KERNEL_W)
    for (int c = 0; c < CHANNELS; c++) {
        const float *map = in + c * IN_PIXELS;
        for (int y = 0; y < OUT_H; y++) {
            WHEN(CLIP_H, [<
                const int y0 = BEGIN([<y>], H, TOP), y1 = END([<y>], H, [<y0>]);
                const int top = y0 < 0 ? 0 : y0, bottom = y1 > IN_H ? IN_H : y1;
            >], [<
                const int top = BEGIN([<y>], H, TOP), bottom = END([<y>], H, [<top>]);
            >])
            GAUSS_EACH([<row_weights>], [<bottom - top>])
            for (int x = 0; x < OUT_W; x++) {
                WHEN(CLIP_W, [<
                    const int x0 = BEGIN([<x>], W, LEFT), x1 = END([<x>], W, [<x0>]);
                    const int left = x0 < 0 ? 0 : x0, right = x1 > IN_W ? IN_W : x1;
                >], [<
                    const int left = BEGIN([<x>], W, LEFT), right = END([<x>], W, [<left>]);
                >])
                GAUSS_EACH([<column_weights>], [<right - left>])
                float LIST([<result = IS(KIND, max, [<-INFINITY>], [<0.0f>])>], IS(KIND, gauss, [<total = 0.0f>]));
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++)
                        m4_indir([<EACH_>]KIND)
                m4_indir([<FINAL_>]KIND)
                *out++ = ACTIVATE([<SCALED>], [<c>]);
            }
        }
    }
}
