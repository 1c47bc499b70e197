m4_dnl Enlarges a blocked tensor by a whole factor, blending the four nearest pixels. ALIGN: the corner pixels' centres
m4_dnl fall together; else the images' edges do. Places are exact fractions: NUMERATOR / DENOMINATOR.
ASSERT([<FACTOR_H >= 1 && FACTOR_W >= 1 && OUT_H == IN_H * FACTOR_H && OUT_W == IN_W * FACTOR_W>])m4_dnl
m4_define([<NUMERATOR>], [<IF(ALIGN, [<$1 * m4_eval(IN_$2 - 1)>], [<EDGE_NUMERATOR($1, FACTOR_$2)>])>])m4_dnl
m4_define([<EDGE_NUMERATOR>], [<(2 * $1 + 1 > $2 ? 2 * $1 + m4_eval(1 - $2) : 0)>])m4_dnl
m4_define([<DENOMINATOR>], [<IF(ALIGN, [<m4_eval(OUT_$1 - (OUT_$1 > 1))>], [<m4_eval(2 * FACTOR_$1)>])>])m4_dnl
m4_define([<BLEND>], [<LOAD($1 + lane) * (1.0f - right) + LOAD($1 + next + lane) * right>])m4_dnl
/* @about@ */
WORK([<const float *restrict in>], [<float *restrict out>])
{
    ZERO_HALO(BLOCKS)
    for (int block = FIRST_OF(BLOCKS); block < END_OF(BLOCKS); block++)
        for (int y = 0; y < OUT_H; y++) {
            const int place_y = NUMERATOR([<y>], H), y0 = place_y / DENOMINATOR(H);
            const float below = (float)(place_y % DENOMINATOR(H)) / DENOMINATOR(H).0f;
            const float *upper = MAPS(in, IN, block, BLOCKS) + y0 * IN_ROW;
            const float *lower = y0 < m4_eval(IN_H - 1) ? upper + IN_ROW : upper;
            float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW;
            for (int x = 0; x < OUT_W; x++, to += BLOCK) {
                const int place_x = NUMERATOR([<x>], W), x0 = place_x / DENOMINATOR(W);
                const int next = x0 < m4_eval(IN_W - 1) ? BLOCK : 0;
                const float right = (float)(place_x % DENOMINATOR(W)) / DENOMINATOR(W).0f;
                const float *above = upper + x0 * BLOCK, *under = lower + x0 * BLOCK;
                for (int lane = 0; lane < BLOCK; lane += LANES) {
                    const VECTOR high = BLEND(above), low = BLEND(under);
                    STORE(to + lane, high * (1.0f - below) + low * below)
                }
            }
        }
}
SHARE([<in>])
