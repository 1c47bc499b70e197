m4_include([<train/train.m4>])m4_dnl
m4_dnl Pooling: the maximum, mean or root of the sum of squares of each window. See window.m4.
m4_include([<train/window.m4>])m4_dnl
m4_define([<EACH_max>], [<to[l] = x[l] > to[l] || x[l] != x[l] ? x[l] : to[l];>])m4_dnl
m4_define([<EACH_avg>], [<to[l] += x[l];>])m4_dnl
m4_define([<EACH_l2>], [<to[l] += x[l] * x[l];>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<float *restrict out>], PART_PARAMETERS)
{
    CLEAR_BORDER
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++) {
        const float *const map = PLUS(in, IN_START) + c * IN_PLANE;
        for (int y = 0; y < OUT_H; y++) {
            const int top = BEGIN_AT([<y>], H), bottom = END_AT([<y>], H);
            for (int x0 = 0; x0 < OUT_W; x0++) {
                const int left = BEGIN_AT([<x0>], W), right = END_AT([<x0>], W);
                float *const to = PLUS(out, OUT_START) + c * OUT_PLANE + y * OUT_ROW + x0 * LANE_COUNT;
                EACH_LANE
                    to[l] = IS(KIND, max, [<-INFINITY>], [<0.0f>]);
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++) {
                        const float *const x = map + i * IN_ROW + j * LANE_COUNT;
                        EACH_LANE
                            m4_indir([<EACH_>]KIND)
                    }
                WHEN_IS(KIND, avg, [<
                    const float share = COUNT_SHARE;
                    EACH_LANE
                        to[l] *= share;
                >])
                WHEN_IS(KIND, l2, [<
                    EACH_LANE
                        to[l] = sqrtf(to[l]);
                >])
            }
        }
    }
}
