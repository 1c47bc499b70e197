m4_dnl Enlarges by a whole factor, blending the four nearest pixels. ALIGN: the corner pixels' centres
m4_dnl fall together; else the images' edges do. Places are exact fractions: NUMERATOR / DENOMINATOR.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
m4_define([<NUMERATOR>], [<IF(ALIGN, [<$1 * m4_eval(IN_$2 - 1)>], [<EDGE_NUMERATOR($1, FACTOR_$2)>])>])m4_dnl
m4_define([<EDGE_NUMERATOR>], [<(2 * $1 + 1 > $2 ? 2 * $1 + m4_eval(1 - $2) : 0)>])m4_dnl
m4_define([<DENOMINATOR>], [<IF(ALIGN, [<m4_eval(OUT_$1 - (OUT_$1 > 1))>], [<m4_eval(2 * FACTOR_$1)>])>])m4_dnl
/* @about@ */
static void @function@(const float *restrict in, float *restrict out)
{
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < OUT_H; y++) {
            const int place_y = NUMERATOR([<y>], H), y0 = place_y / DENOMINATOR(H);
            const float below = (float)(place_y % DENOMINATOR(H)) / DENOMINATOR(H).0f;
            const float *upper = in + (c * IN_H + y0) * IN_W;
            const float *lower = y0 < m4_eval(IN_H - 1) ? upper + IN_W : upper;
            for (int x = 0; x < OUT_W; x++) {
                const int place_x = NUMERATOR([<x>], W), x0 = place_x / DENOMINATOR(W);
                const int x1 = x0 < m4_eval(IN_W - 1) ? x0 + 1 : x0;
                const float right = (float)(place_x % DENOMINATOR(W)) / DENOMINATOR(W).0f;
                const float high = (1.0f - right) * upper[x0] + right * upper[x1];
                const float low = (1.0f - right) * lower[x0] + right * lower[x1];
                out[(c * OUT_H + y) * OUT_W + x] = (1.0f - below) * high + below * low;
            }
        }
}
