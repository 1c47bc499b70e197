/* Convolutions, fully connected layers and prototypes in ONNX. */
#include "export.h"

static const char *const END = NULL;

static void window_attributes(struct attributes *a, const struct layer_args *args)
{
    const int64_t window[] = {args->window.h, args->window.w}, stride[] = {args->stride.h, args->stride.w};
    const int64_t pads[] = {args->pad.top, args->pad.left, args->pad.bottom, args->pad.right};
    const int64_t dilation[] = {args->dilation.h, args->dilation.w};
    attribute_ints(a, "kernel_shape", window, 2);
    attribute_ints(a, "strides", stride, 2);
    attribute_ints(a, "pads", pads, 4);
    attribute_ints(a, "dilations", dilation, 2);
}

/* A connection table: the dense kernel times ones and zeros, so that both stay readable. */
static const char *connected(struct builder *b, const char *weight)
{
    const struct matrix *connect = b->node->args.connect;
    double *mask = ARENA_ARRAY(b->arena, double, (size_t)(connect->rows * connect->columns));
    for (int64_t c = 0; c < connect->rows; c++)
        for (int64_t k = 0; k < connect->columns; k++)
            mask[k * connect->rows + c] = connect->entries[c * connect->columns + k];
    int64_t dims[] = {connect->columns, connect->rows, 1, 1};
    return onnx_op(b, "Mul", NULL, weight, onnx_floats(b, mask, dims, 4), END);
}

void export_conv(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    struct attributes a = onnx_attributes(b);
    window_attributes(&a, args);
    attribute_int(&a, "group", b->node->kind == LAYER_DWCONV ? b->node->inputs[0]->shape.c : args->groups);
    const char *x = onnx_input4(b, 0), *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0);
    if (args->connect)
        weight = connected(b, weight);
    onnx_op(b, "Conv", &a, x, weight, onnx_weight(b, ROLE_BIAS, NULL, 0), END);
}

void export_deconv(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    const int64_t out_pad[] = {args->out_pad.h, args->out_pad.w};
    struct attributes a = onnx_attributes(b);
    window_attributes(&a, args);
    attribute_ints(&a, "output_padding", out_pad, 2);
    attribute_int(&a, "group", args->groups);
    const char *x = onnx_input4(b, 0), *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0);
    onnx_op(b, "ConvTranspose", &a, x, weight, onnx_weight(b, ROLE_BIAS, NULL, 0), END);
}

void export_fc(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "transB", 1);
    b->ranks[b->node->id] = 2;
    const char *x = onnx_input2(b, 0), *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0);
    onnx_op(b, "Gemm", &a, x, weight, onnx_weight(b, ROLE_BIAS, NULL, 0), END);
}

void export_rbf(struct builder *b)
{
    static const int64_t last[] = {1};
    const int64_t dims[] = {1, b->node->shape.c};
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "keepdims", 0);
    const char *x = onnx_input2(b, 0);
    const char *distance = onnx_op(b, "Sub", NULL, x, onnx_weight(b, ROLE_WEIGHT, NULL, 0), END);
    const char *square = onnx_op(b, "Mul", NULL, distance, distance, END);
    const char *sum = onnx_op(b, "ReduceSum", &a, square, onnx_ints(b, last, 1), END);
    onnx_reshape(b, sum, dims, 2);
    b->ranks[b->node->id] = 2;
}
