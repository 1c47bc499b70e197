m4_include([<vector/quads.m4>])m4_dnl
m4_dnl Enlarges planes by a whole factor, blending the four nearest pixels: two rows become one, whose pixels are then
m4_dnl blended. ALIGN: the corner pixels' centres fall together; else the images' edges do. Places are exact fractions:
m4_dnl NUMERATOR / DENOMINATOR. Where the width doubles, pixels but the first and last take a quarter of a neighbour.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
m4_define([<NUMERATOR>], [<IF(ALIGN, [<$1 * m4_eval(IN_$2 - 1)>], [<EDGE_NUMERATOR($1, FACTOR_$2)>])>])m4_dnl
m4_define([<EDGE_NUMERATOR>], [<(2 * $1 + 1 > $2 ? 2 * $1 + m4_eval(1 - $2) : 0)>])m4_dnl
m4_define([<DENOMINATOR>], [<IF(ALIGN, [<m4_eval(OUT_$1 - (OUT_$1 > 1))>], [<m4_eval(2 * FACTOR_$1)>])>])m4_dnl
m4_define([<DOUBLES>], [<!ALIGN && FACTOR_W == 2>])m4_dnl
m4_define([<BLEND>], [<$1 * (1.0f - $3) + $2 * $3>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    IF(DOUBLES, [<DEFINE_QUAD>])
    int place[OUT_W];
    float LIST([<right[OUT_W]>], [<mixed[m4_eval(IN_W + 1)]>]);
    for (int x = 0; x < OUT_W; x++) {
        const int place_x = NUMERATOR([<x>], W);
        place[x] = place_x / DENOMINATOR(W);
        right[x] = (float)(place_x % DENOMINATOR(W)) / DENOMINATOR(W).0f;
    }
    for (int c = FIRST_OF(CHANNELS); c < END_OF(CHANNELS); c++)
        for (int y = 0; y < OUT_H; y++) {
            const int place_y = NUMERATOR([<y>], H), y0 = place_y / DENOMINATOR(H);
            const float below = (float)(place_y % DENOMINATOR(H)) / DENOMINATOR(H).0f;
            const float *upper = in + STEPS(c, IN_H * IN_W, CHANNELS) + y0 * IN_W;
            const float *lower = y0 < m4_eval(IN_H - 1) ? upper + IN_W : upper;
            float *to = out + STEPS(c, OUT_H * OUT_W, CHANNELS) + y * OUT_W;
            int x = 0;
            for (; x + LANES <= IN_W; x += LANES)
                STORE_AT(mixed + x, BLEND(LOAD_AT(upper + x), LOAD_AT(lower + x), below))
            for (; x < IN_W; x++)
                mixed[x] = BLEND(upper[x], lower[x], below);
            mixed[IN_W] = mixed[m4_eval(IN_W - 1)];
            x = 0;
            WHEN(DOUBLES, [<
                to[0] = BLEND(mixed[0], mixed[1], right[0]);
                for (x = 1; x + 9 <= OUT_W; x += 8) {
                    const quad LIST([<a = QUAD_OF(mixed + x / 2)>], [<b = QUAD_OF(mixed + x / 2 + 1)>],
                                    [<near_a = BLEND(a, b, 0.25f)>], [<near_b = BLEND(a, b, 0.75f)>]);
                    QUAD(to + x) = CNN_FOUR_OF(near_a, near_b, 0, 4, 1, 5);
                    QUAD(to + x + 4) = CNN_FOUR_OF(near_a, near_b, 2, 6, 3, 7);
                }
            >])
            for (; x < OUT_W; x++)
                to[x] = BLEND(mixed[place[x]], mixed[place[x] + 1], right[x]);
        }
}
SHARE([<in>])
