/* Normalisations in ONNX. */
#include "export.h"

static const char *const END = NULL;

void export_bn(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "epsilon", b->node->args.eps);
    const char *x = onnx_input4(b, 0), *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0);
    const char *bias = onnx_weight(b, ROLE_BIAS, NULL, 0), *mean = onnx_weight(b, ROLE_MEAN, NULL, 0);
    onnx_op(b, "BatchNormalization", &a, x, weight, bias, mean, onnx_weight(b, ROLE_VAR, NULL, 0), END);
}

static const char *ones_of(struct builder *b, const int64_t *dims, int rank)
{
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= dims[i];
    double *ones = ARENA_ARRAY(b->arena, double, (size_t)count);
    for (int64_t i = 0; i < count; i++)
        ones[i] = 1;
    return onnx_floats(b, ones, dims, rank);
}

void export_ln(struct builder *b)
{
    static const int64_t to_last[] = {0, 2, 3, 1}, back[] = {0, 3, 1, 2};
    const struct node *node = b->node;
    const bool pixel = node->args.per_pixel;
    const int64_t dims[] = {node->shape.c, node->shape.h, node->shape.w};
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "epsilon", node->args.eps);
    attribute_int(&a, "axis", pixel ? 3 : 1);
    const char *x = onnx_input4(b, 0);
    if (pixel)
        x = onnx_transpose(b, x, to_last, 4);
    const int rank = pixel ? 1 : 3;
    const char *weight = onnx_weight(b, ROLE_WEIGHT, dims, rank);
    if (!weight)
        weight = ones_of(b, dims, rank);
    x = onnx_op(b, "LayerNormalization", &a, x, weight, onnx_weight(b, ROLE_BIAS, dims, rank), END);
    if (pixel)
        onnx_transpose(b, x, back, 4);
}

void export_in(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "epsilon", b->node->args.eps);
    const char *x = onnx_input4(b, 0);
    const char *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0), *bias = onnx_weight(b, ROLE_BIAS, NULL, 0);
    if (!weight)
        weight = onnx_filled(b, 1, b->node->shape.c);
    if (!bias)
        bias = onnx_filled(b, 0, b->node->shape.c);
    onnx_op(b, "InstanceNormalization", &a, x, weight, bias, END);
}

void export_gn(struct builder *b)
{
    const struct node *node = b->node;
    const int64_t grouped[] = {1, node->args.groups, -1};
    const int64_t full[] = {1, node->shape.c, node->shape.h, node->shape.w};
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "epsilon", node->args.eps);
    const char *x = onnx_reshape(b, onnx_input4(b, 0), grouped, 3);
    const char *ones = onnx_filled(b, 1, node->args.groups), *zeros = onnx_filled(b, 0, node->args.groups);
    x = onnx_op(b, "InstanceNormalization", &a, x, ones, zeros, END);
    onnx_affine(b, onnx_reshape(b, x, full, 4));
}

/* For even windows ONNX takes the extra neighbour after the centre, PyTorch before it. The formula is written out,
 * with an average pool along the channels as the sum. */
static void lrn_even(struct builder *b)
{
    const struct node *node = b->node;
    const struct layer_args *args = &node->args;
    const int64_t flat[] = {1, 1, node->shape.c, node->shape.h * node->shape.w};
    const int64_t full[] = {1, node->shape.c, node->shape.h, node->shape.w};
    const int64_t window[] = {args->size, 1}, pads[] = {args->size / 2, 0, (args->size - 1) / 2, 0};
    struct attributes a = onnx_attributes(b);
    attribute_ints(&a, "kernel_shape", window, 2);
    attribute_ints(&a, "pads", pads, 4);
    attribute_int(&a, "count_include_pad", 1);
    const char *x = onnx_input4(b, 0);
    const char *squares = onnx_reshape(b, onnx_op(b, "Mul", NULL, x, x, END), flat, 4);
    const char *mean = onnx_reshape(b, onnx_op(b, "AveragePool", &a, squares, END), full, 4);
    const char *sum = onnx_with_scalar(b, "Add", onnx_with_scalar(b, "Mul", mean, args->alpha), args->k);
    onnx_op(b, "Div", NULL, x, onnx_with_scalar(b, "Pow", sum, args->beta), END);
}

void export_lrn(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    if (args->size % 2 == 0) {
        lrn_even(b);
        return;
    }
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "size", args->size);
    attribute_float(&a, "alpha", args->alpha);
    attribute_float(&a, "beta", args->beta);
    attribute_float(&a, "bias", args->k);
    onnx_op(b, "LRN", &a, onnx_input4(b, 0), END);
}

void export_scale(struct builder *b)
{
    onnx_affine(b, onnx_input4(b, 0));
}
