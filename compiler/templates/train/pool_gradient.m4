m4_include([<train/train.m4>])m4_dnl
m4_dnl The gradient of a pool's input: dL/dy goes to the first pixel of the window that is its maximum; a mean spreads
m4_dnl it; of a root of squares, dL/dx = dL/dy * x/y. APART: windows do not overlap and leave no pixel out.
m4_include([<train/window.m4>])m4_dnl
m4_define([<ADD_TO>], IF(APART, [<=>], [<+=>]))m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict gradient>],
    IS(KIND, avg, [<>], [<const float *restrict in, const float *restrict result>]), [<float *restrict out>],
    PART_PARAMETERS)
{
    WHEN(APART, [<
        CLEAR_BORDER
    >], [<
        IF(SHARES, [<memset(out + BEGIN_OF(CHANNELS) * OUT_PLANE, 0, m4_dnl
(size_t)(LIMIT_OF(CHANNELS) - BEGIN_OF(CHANNELS)) * OUT_PLANE * sizeof *out);>], m4_dnl
[<memset(out, 0, m4_eval(CHANNELS * OUT_PLANE) * sizeof *out);>])
    >])
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++)
        for (int y = 0; y < OUT_H; y++) {
            const int top = BEGIN_AT([<y>], H), bottom = END_AT([<y>], H);
            for (int x0 = 0; x0 < OUT_W; x0++) {
                const int left = BEGIN_AT([<x0>], W), right = END_AT([<x0>], W);
                const float *const dy = PLUS(gradient, m4_dnl
GRADIENT_START) + c * GRADIENT_PLANE + y * GRADIENT_ROW + x0 * LANE_COUNT;
                WHEN_IS(KIND, avg, [<
                    const float share = COUNT_SHARE;
                >], [<
                    const float *const best = PLUS(result, m4_dnl
RESULT_START) + c * RESULT_PLANE + y * RESULT_ROW + x0 * LANE_COUNT;
                >])
                WHEN_IS(KIND, max, [<
                    float rest[LANE_COUNT];
                    EACH_LANE
                        rest[l] = dy[l];
                >])
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++) {
                        float *const dx = PLUS(out, OUT_START) + c * OUT_PLANE + i * OUT_ROW + j * LANE_COUNT;
                        WHEN_IS(KIND, avg, [<
                            EACH_LANE
                                dx[l] ADD_TO dy[l] * share;
                        >], [<
                            const float *const x = PLUS(in, IN_START) + c * IN_PLANE + i * IN_ROW + j * LANE_COUNT;
                            EACH_LANE {
                                WHEN_IS(KIND, max, [<
                                    const float taken = x[l] == best[l] ? rest[l] : 0.0f;
                                    dx[l] ADD_TO taken;
                                    rest[l] = x[l] == best[l] ? 0.0f : rest[l];
                                >], [<
                                    dx[l] ADD_TO best[l] > 0.0f ? dy[l] * x[l] / best[l] : 0.0f;
                                >])
                            }
                        >])
                    }
            }
        }
}
