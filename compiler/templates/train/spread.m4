m4_include([<train/train.m4>])m4_dnl
m4_dnl Maps and one number a map: their sum, product or difference, KIND; or (KIND sum, sum_mul) the gradient of the
m4_dnl number, the sum over the map of dL/dy, or of dL/dy * the other operand.
m4_define([<NUMBER_OF>], [<$1[<>][PLUS([<c * $2_PLANE + y * $2_ROW + x * LANE_COUNT + l>], $2_START)]>])m4_dnl
m4_define([<COMPUTE_add>], [<NUMBER_OF(in, IN) + other[c * SECOND_PLANE + l]>])m4_dnl
m4_define([<COMPUTE_sub>], [<NUMBER_OF(in, IN) - other[c * SECOND_PLANE + l]>])m4_dnl
m4_define([<COMPUTE_mul>], [<NUMBER_OF(in, IN) * other[c * SECOND_PLANE + l]>])m4_dnl
m4_define([<COMPUTE_sum>], [<NUMBER_OF(in, IN)>])m4_dnl
m4_define([<COMPUTE_minus>], [<-NUMBER_OF(in, IN)>])m4_dnl
m4_define([<COMPUTE_sum_mul>], [<NUMBER_OF(in, IN) * NUMBER_OF(other, SECOND)>])m4_dnl
/* @about@ */
WHERE void APPLY(FUNCTION(), [<const float *in>], IF(UNARY, [<>], [<const float *other>]), [<float *out>])
{
    CLEAR_BORDER
    for (int c = 0; c < CHANNELS; c++) {
        IF(SUMS, [<float sum[LANE_COUNT] = {0.0f};>])
        for (int y = 0; y < IN_H; y++)
            for (int x = 0; x < IN_W; x++)
                EACH_LANE
                    IF(SUMS, [<sum[l] +=>], [<NUMBER_OF(out, OUT) =>]) m4_indir([<COMPUTE_>]KIND);
        WHEN(SUMS, [<
            EACH_LANE
                out[PLUS([<c * OUT_PLANE + l>], OUT_START)] = sum[l];
        >])
    }
}
