m4_include([<train/train.m4>])m4_dnl
m4_dnl A picture enlarged by whole factors, each pixel blended from the four nearest; BACK: the gradient, in which a
m4_dnl pixel gets from each its share. ALIGN: the corner pixels' centres fall together; else the pictures' edges do.
m4_dnl Places are exact fractions: NUMERATOR / DENOMINATOR.
ASSERT([<LARGE_H == SMALL_H * FACTOR_H && LARGE_W == SMALL_W * FACTOR_W>])m4_dnl
m4_define([<NUMERATOR>], [<IF(ALIGN, [<$1 * m4_eval(SMALL_$2 - 1)>], [<EDGE_NUMERATOR($1, FACTOR_$2)>])>])m4_dnl
m4_define([<EDGE_NUMERATOR>], [<(2 * $1 + 1 > $2 ? MINUS(2 * $1, m4_eval($2 - 1)) : 0)>])m4_dnl
m4_define([<DENOMINATOR>], [<IF(ALIGN, [<m4_eval(LARGE_$1 - (LARGE_$1 > 1))>], [<m4_eval(2 * FACTOR_$1)>])>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    IF(BACK, [<memset(out, 0, OUT_COUNT * sizeof *out);>], [<CLEAR_BORDER>])
    for (int c = 0; c < CHANNELS; c++)
        for (int y = 0; y < LARGE_H; y++) {
            const int place_y = NUMERATOR([<y>], H), y0 = place_y / DENOMINATOR(H);
            const float below = (float)(place_y % DENOMINATOR(H)) / DENOMINATOR(H).0f, above = 1.0f - below;
            IF(BACK, [<>], [<const >])float *const upper = m4_dnl
PLUS(IF(BACK, out, in), SMALL_START) + c * SMALL_PLANE + y0 * SMALL_ROW;
            IF(BACK, [<>], [<const >])float *const lower = y0 < m4_eval(SMALL_H - 1) ? upper + SMALL_ROW : upper;
            for (int x = 0; x < LARGE_W; x++) {
                const int place_x = NUMERATOR([<x>], W), x0 = place_x / DENOMINATOR(W) * LANE_COUNT;
                const int x1 = x0 < m4_eval((SMALL_W - 1) * LANE_COUNT) ? x0 + LANE_COUNT : x0;
                const float right = (float)(place_x % DENOMINATOR(W)) / DENOMINATOR(W).0f, left = 1.0f - right;
                WHEN(BACK, [<
                    const float *const dy = PLUS(in, LARGE_START) + c * LARGE_PLANE + y * LARGE_ROW + x * LANE_COUNT;
                    EACH_LANE {
                        upper[x0 + l] += above * left * dy[l];
                        upper[x1 + l] += above * right * dy[l];
                        lower[x0 + l] += below * left * dy[l];
                        lower[x1 + l] += below * right * dy[l];
                    }
                >], [<
                    float *const to = PLUS(out, LARGE_START) + c * LARGE_PLANE + y * LARGE_ROW + x * LANE_COUNT;
                    EACH_LANE
                        to[l] = above * (left * upper[x0 + l] + right * upper[x1 + l]) +
                                below * (left * lower[x0 + l] + right * lower[x1 + l]);
                >])
            }
        }
}
m4_undefine([<NUMERATOR>], [<EDGE_NUMERATOR>], [<DENOMINATOR>])m4_dnl
