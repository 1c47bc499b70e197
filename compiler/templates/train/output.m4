m4_include([<train/train.m4>])m4_dnl
m4_dnl A result to the caller, image after image.
/* @about@ */
WHERE void FUNCTION()(const float *restrict in, const struct @name@_place *at, float *outputs)
{
    for (int l = 0; l < at->count; l++) {
        float *const to = outputs + (size_t)(at->image + l) * m4_eval(CHANNELS * IN_H * IN_W);
        for (int c = 0; c < CHANNELS; c++)
            for (int y = 0; y < IN_H; y++)
                for (int x = 0; x < IN_W; x++)
                    to[(c * IN_H + y) * IN_W + x] = in[PLUS([<c * IN_PLANE + y * IN_ROW + x * LANE_COUNT m4_dnl
+ l>], IN_START)];
    }
}
