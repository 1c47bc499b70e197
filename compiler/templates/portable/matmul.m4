m4_dnl BATCH matrix products, HEIGHT x INNER by INNER x WIDTH: rows of the second matrix are added up.
ASSERT([<BATCH >= 1 && HEIGHT >= 1 && INNER >= 1 && WIDTH >= 1>])m4_dnl
/* @about@ */
static void @function@(const float *a, const float *b, float *restrict out)
{
    for (int n = 0; n < BATCH; n++)
        for (int y = 0; y < HEIGHT; y++) {
            const float *row = TERMS([<a>], IF(A_STEP, [<n * A_STEP>]), [<y * INNER>]);
            float *to = out + n * m4_eval(HEIGHT * WIDTH) + y * WIDTH;
            for (int x = 0; x < WIDTH; x++)
                to[x] = 0.0f;
            for (int k = 0; k < INNER; k++) {
                const float *from = TERMS([<b>], IF(B_STEP, [<n * B_STEP>]), [<k * WIDTH>]);
                for (int x = 0; x < WIDTH; x++)
                    to[x] += row[k] * from[x];
            }
        }
}
