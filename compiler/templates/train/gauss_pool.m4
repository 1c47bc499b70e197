m4_include([<train/train.m4>])m4_dnl
m4_dnl Distance-weighted pooling: y = the sum of g*x over that of g, for the pixels of a window that are real, g by how
m4_dnl far a pixel is from the window's centre, along either axis. BACK: dL/dx = the sum over windows of dL/dy * g over
m4_dnl their sum of g. IN is what windows slide over, OUT has a pixel a window.
m4_include([<train/window.m4>])m4_dnl
m4_define([<GAUSS>], [<rows[i - first_row] * columns[j - first_column]>])m4_dnl
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, float *restrict out)
{
    float rows[MOST_ROWS], columns[MOST_COLUMNS];
    WHEN(!ADAPTIVE, [<
        GAUSS_WINDOW[<>](rows, MOST_ROWS);
        GAUSS_WINDOW[<>](columns, MOST_COLUMNS);
    >])
    IF(BACK, [<memset(out, 0, OUT_COUNT * sizeof *out);>], [<CLEAR_BORDER>])
    for (int c = 0; c < CHANNELS; c++) {
        IF(BACK, [<>], [<const >])float *const map = PLUS(IF(BACK, out, in), IN_START) + c * IN_PLANE;
        for (int y = 0; y < OUT_H; y++) {
            const int first_row = BEGIN_RAW([<y>], H), top = BEGIN_AT([<y>], H), bottom = END_AT([<y>], H);
            IF(ADAPTIVE, [<GAUSS_WINDOW[<>](rows, bottom - top);>])
            for (int x = 0; x < OUT_W; x++) {
                const int first_column = BEGIN_RAW([<x>], W), left = BEGIN_AT([<x>], W), right = END_AT([<x>], W);
                IF(ADAPTIVE, [<GAUSS_WINDOW[<>](columns, right - left);>])
                IF(BACK, [<const >])float *const pixel = PLUS(IF(BACK, in, out), m4_dnl
OUT_START) + c * OUT_PLANE + y * OUT_ROW + x * LANE_COUNT;
                float total = 0.0f;
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++)
                        total += GAUSS;
                WHEN(!BACK, [<
                    EACH_LANE
                        pixel[l] = 0.0f;
                >])
                for (int i = top; i < bottom; i++)
                    for (int j = left; j < right; j++) {
                        const float share = GAUSS / total;
                        EACH_LANE
                            WHEN(BACK, [<
                                map[i * IN_ROW + j * LANE_COUNT + l] += share * pixel[l];
                            >], [<
                                pixel[l] += share * map[i * IN_ROW + j * LANE_COUNT + l];
                            >])
                    }
            }
        }
    }
}
m4_undefine([<GAUSS>])m4_dnl
