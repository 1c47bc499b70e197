m4_include([<train/train.m4>])m4_dnl
m4_dnl For the gradients of factors and summands, over a group: the sums of dL/dy, and of dL/dy * x. NORM: x is
m4_dnl normalised first, (x - mean)*inverse. OF_BATCH: both sums go to the group's place for the batch's; else to the
m4_dnl shard's gradients.
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict gradient>],
    IF(NORM, [<const float *restrict norms>]), IF(OF_BATCH, [<float *restrict sums>], [<int fresh>]),
    IF(!OF_BATCH && WEIGHTED, [<float *restrict factors>]), IF(!OF_BATCH && BIASED, [<float *restrict summands>]))
{
    for (int c = 0; c < CHANNELS; c++) {
        float part[LANE_COUNT] = {0.0f}, product[LANE_COUNT] = {0.0f}, all = 0.0f, products = 0.0f;
        IF(NORM, [<const float mean = norms[c], inverse = norms[CHANNELS + c];>])
        for (int y = 0; y < IN_H; y++) {
            const float *const x = PLUS(in, IN_START) + c * IN_PLANE + y * IN_ROW;
            const float *const dy = PLUS(gradient, GRADIENT_START) + c * GRADIENT_PLANE + y * GRADIENT_ROW;
            for (int j = 0; j < IN_W; j++)
                EACH_LANE {
                    part[l] += dy[j * LANE_COUNT + l];
                    product[l] += dy[j * LANE_COUNT + l] * IF(NORM, [<(x[j * LANE_COUNT + l] - mean)>], m4_dnl
[<x[j * LANE_COUNT + l]>]);
                }
        }
        EACH_LANE {
            all += part[l];
            products += product[l];
        }
        IF(NORM, [<products *= inverse;>])
        WHEN(OF_BATCH, [<
            sums[2 * c] = all;
            sums[2 * c + 1] = products;
        >], [<
            IF(WEIGHTED, [<factors[c] = fresh ? products : factors[c] + products;>], [<(void)products;>])
            IF(BIASED, [<summands[c] = fresh ? all : summands[c] + all;>], [<(void)all;>])
        >])
    }
}
