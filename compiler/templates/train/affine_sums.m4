m4_include([<train/train.m4>])m4_dnl
m4_dnl For the gradients of factors and summands, over a group: the sums of dL/dy, and of dL/dy * x. NORM: x is
m4_dnl normalised first, (x - mean)*inverse. OF_BATCH: both sums go to the group's place for the batch's; else to the
m4_dnl shard's gradients. DERIVES: y is a function of factor*x + summand, whose derivative dL/dy is multiplied by first.
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *restrict in>], [<const float *restrict gradient>],
    IF(NORM, [<const float *restrict norms>]), IF(OF_BATCH, [<float *restrict sums>], [<int fresh>]),
    IF(!OF_BATCH && WEIGHTED, [<float *restrict factors>]), IF(!OF_BATCH && BIASED, [<float *restrict summands>]),
    PART_PARAMETERS)
{
    for (int c = BEGIN_OF(CHANNELS); c < LIMIT_OF(CHANNELS); c++) {
        float all = 0.0f, products = 0.0f;
        IF(NORM, [<const float mean = norms[c], inverse = norms[CHANNELS + c];>])
        IF(DERIVES, [<const float factor = norms[m4_eval(2 * CHANNELS) + c], m4_dnl
summand = norms[m4_eval(3 * CHANNELS) + c];>])
        NO_SUMS([<part>]);
        NO_SUMS([<product>]);
        for (int r = 0; r < IN_H; r++)
            for (int j = 0; j < IN_W; j++) {
                const float *const x = PLUS(in, IN_START) + c * IN_PLANE + r * IN_ROW + j * LANE_COUNT;
                IF(DERIVES, [<float dy[LANE_COUNT]IF(FAST, [< __attribute__((aligned(64)))>]);>])
                const float *const IF(DERIVES, from, dy) = PLUS(gradient, m4_dnl
GRADIENT_START) + c * GRADIENT_PLANE + r * GRADIENT_ROW + j * LANE_COUNT;
                WHEN(DERIVES, [<
                    EACH_LANE
                        dy[l] = DERIVATIVE_OF[<>](from[l], ACTIVATION[<>](factor * x[l] + summand));
                >])
                EACH_SUM([<SUM_OF(part) += NUMBERS_OF(dy), m4_dnl
SUM_OF(product) += NUMBERS_OF(dy) * IF(NORM, [<(NUMBERS_OF(x) - mean)>], [<NUMBERS_OF(x)>]);>])
            }
        TOTAL_LANES([<all>], [<part>])
        TOTAL_LANES([<products>], [<product>])
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
