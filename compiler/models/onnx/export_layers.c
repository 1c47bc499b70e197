/* What each layer is in ONNX: one operator, or several where ONNX has no word for it. One rule a
 * kind, in one table. Pools are in export_pools.c. */
#include <math.h>

#include "build.h"

typedef void export_rule(struct builder *b);

static const char *const END = NULL;

static const char *plain(struct builder *b, const char *type, const char *input)
{
    return onnx_op(b, type, NULL, input, END);
}

static const char *with_scalar(struct builder *b, const char *type, const char *input, double value)
{
    return onnx_op(b, type, NULL, input, onnx_scalar(b, value), END);
}

static const char *any_input(struct builder *b) /* of either rank, kept */
{
    const struct node *input = b->node->inputs[0];
    b->ranks[b->node->id] = b->ranks[input->id];
    return b->tensors[input->id];
}

static void export_input(struct builder *b)
{
    static const int64_t to_chw[] = {0, 3, 1, 2};
    const struct node *node = b->node;
    const char *tensor = b->tensors[node->id];
    int64_t dims[] = {node->shape.c, 1, 1};
    if (node->element == ELEMENT_U8) {
        struct attributes a = onnx_attributes(b);
        attribute_int(&a, "to", 1);
        tensor = onnx_op(b, "Cast", &a, tensor, END);
    }
    if (node->args.layout == LAYOUT_HWC)
        tensor = onnx_transpose(b, tensor, to_chw, 4);
    if (node->args.mean)
        tensor = onnx_op(b, "Sub", NULL, tensor, onnx_floats(b, node->args.mean, dims, 3), END);
    if (node->args.scale)
        onnx_op(b, "Mul", NULL, tensor, onnx_floats(b, node->args.scale, dims, 3), END);
}

static void export_output(struct builder *b)
{
    static const int64_t to_hwc[] = {0, 2, 3, 1};
    if (b->node->args.layout == LAYOUT_HWC)
        onnx_transpose(b, onnx_input4(b, 0), to_hwc, 4);
    else
        plain(b, "Identity", any_input(b));
}

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

static void export_conv(struct builder *b)
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

static void export_deconv(struct builder *b)
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

static void export_fc(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "transB", 1);
    b->ranks[b->node->id] = 2;
    const char *x = onnx_input2(b, 0), *weight = onnx_weight(b, ROLE_WEIGHT, NULL, 0);
    onnx_op(b, "Gemm", &a, x, weight, onnx_weight(b, ROLE_BIAS, NULL, 0), END);
}

static void export_rbf(struct builder *b)
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

static void export_flatten(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    onnx_op(b, "Flatten", &a, b->tensors[b->node->inputs[0]->id], END);
    b->ranks[b->node->id] = 2;
}

static void export_dropout(struct builder *b)
{
    with_scalar(b, "Dropout", any_input(b), b->node->args.rate);
}

/* Activations that are one operator without attributes. */
static void export_plain(struct builder *b)
{
    const char *type = NULL;
    switch (b->node->kind) {
    case LAYER_RELU: type = "Relu"; break;
    case LAYER_SELU: type = "Selu"; break;
    case LAYER_SIGMOID: type = "Sigmoid"; break;
    case LAYER_HARDSWISH: type = "HardSwish"; break;
    case LAYER_SOFTPLUS: type = "Softplus"; break;
    case LAYER_SOFTSIGN: type = "Softsign"; break;
    default: type = "Abs"; break;
    }
    plain(b, type, any_input(b));
}

static void export_clip(struct builder *b)
{
    const bool relu6 = b->node->kind == LAYER_RELU6;
    const char *input = any_input(b);
    const char *low = onnx_scalar(b, relu6 ? 0 : b->node->args.a);
    onnx_op(b, "Clip", NULL, input, low, onnx_scalar(b, relu6 ? 6 : b->node->args.b), END);
}

static void export_sloped(struct builder *b) /* LEAKY, ELU */
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "alpha", b->node->args.a);
    onnx_op(b, b->node->kind == LAYER_ELU ? "Elu" : "LeakyRelu", &a, any_input(b), END);
}

static void export_prelu(struct builder *b)
{
    const char *x = onnx_input4(b, 0);
    onnx_op(b, "PRelu", NULL, x, onnx_weight_per_map(b, ROLE_WEIGHT), END);
}

static void export_tanh(struct builder *b)
{
    const char *x = any_input(b);
    if (b->node->args.b != 1)
        x = with_scalar(b, "Mul", x, b->node->args.b);
    x = plain(b, "Tanh", x);
    if (b->node->args.a != 1)
        with_scalar(b, "Mul", x, b->node->args.a);
}

static void export_hardsigmoid(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "alpha", 1.0 / 6);
    attribute_float(&a, "beta", 0.5);
    onnx_op(b, "HardSigmoid", &a, any_input(b), END);
}

static void export_silu(struct builder *b)
{
    const char *x = any_input(b);
    onnx_op(b, "Mul", NULL, x, plain(b, "Sigmoid", x), END);
}

static void export_mish(struct builder *b)
{
    const char *x = any_input(b);
    onnx_op(b, "Mul", NULL, x, plain(b, "Tanh", plain(b, "Softplus", x)), END);
}

static void export_gelu(struct builder *b)
{
    const char *x = any_input(b), *gate;
    if (b->node->args.tanh_gelu) {
        const char *cube = onnx_op(b, "Mul", NULL, onnx_op(b, "Mul", NULL, x, x, END), x, END);
        const char *sum = onnx_op(b, "Add", NULL, x, with_scalar(b, "Mul", cube, 0.044715), END);
        gate = plain(b, "Tanh", with_scalar(b, "Mul", sum, 0.79788456080286536));
    } else {
        gate = plain(b, "Erf", with_scalar(b, "Div", x, 1.4142135623730951));
    }
    const char *product = onnx_op(b, "Mul", NULL, x, with_scalar(b, "Add", gate, 1), END);
    with_scalar(b, "Mul", product, 0.5);
}

static void export_softmax(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    onnx_op(b, b->node->kind == LAYER_SOFTMAX ? "Softmax" : "LogSoftmax", &a, any_input(b), END);
}

static void export_bn(struct builder *b)
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

static void export_ln(struct builder *b)
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

static void export_in(struct builder *b)
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

static void export_gn(struct builder *b)
{
    const struct node *node = b->node;
    const int64_t grouped[] = {1, node->args.groups, -1};
    const int64_t full[] = {1, node->shape.c, node->shape.h, node->shape.w};
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "epsilon", node->args.eps);
    const char *x = onnx_reshape(b, onnx_input4(b, 0), grouped, 3);
    const char *ones = onnx_filled(b, 1, node->args.groups), *zeros = onnx_filled(b, 0, node->args.groups);
    x = onnx_op(b, "InstanceNormalization", &a, x, ones, zeros, END);
    x = onnx_reshape(b, x, full, 4);
    if (node_weight(node, ROLE_WEIGHT))
        x = onnx_op(b, "Mul", NULL, x, onnx_weight_per_map(b, ROLE_WEIGHT), END);
    if (node_weight(node, ROLE_BIAS))
        onnx_op(b, "Add", NULL, x, onnx_weight_per_map(b, ROLE_BIAS), END);
}

/* ONNX puts the odd neighbour of an even window after the centre, PyTorch before it: then the
 * formula is written out, with the sum as an average pool along the channels. */
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
    const char *sum = with_scalar(b, "Add", with_scalar(b, "Mul", mean, args->alpha), args->k);
    onnx_op(b, "Div", NULL, x, with_scalar(b, "Pow", sum, args->beta), END);
}

static void export_lrn(struct builder *b)
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

static void export_scale(struct builder *b)
{
    const char *x = onnx_input4(b, 0);
    if (node_weight(b->node, ROLE_WEIGHT))
        x = onnx_op(b, "Mul", NULL, x, onnx_weight_per_map(b, ROLE_WEIGHT), END);
    if (node_weight(b->node, ROLE_BIAS))
        onnx_op(b, "Add", NULL, x, onnx_weight_per_map(b, ROLE_BIAS), END);
}

static void export_shuffle(struct builder *b)
{
    static const int64_t swap[] = {0, 2, 1, 3, 4};
    const struct shape shape = b->node->shape;
    const int64_t groups = b->node->args.groups;
    const int64_t split[] = {1, groups, shape.c / groups, shape.h, shape.w}, full[] = {1, shape.c, shape.h, shape.w};
    onnx_reshape(b, onnx_transpose(b, onnx_reshape(b, onnx_input4(b, 0), split, 5), swap, 5), full, 4);
}

static void export_upsample(struct builder *b)
{
    static const int64_t four[] = {4};
    const struct layer_args *args = &b->node->args;
    const bool nearest = args->mode == UPSAMPLE_NEAREST;
    const double scales[] = {1, 1, (double)args->factor.h, (double)args->factor.w};
    struct attributes a = onnx_attributes(b);
    attribute_string(&a, "mode", nearest ? "nearest" : "linear");
    attribute_string(&a, "coordinate_transformation_mode",
                     nearest       ? "asymmetric"
                     : args->align ? "align_corners"
                                   : "half_pixel");
    attribute_string(&a, "nearest_mode", "floor");
    const char *x = onnx_input4(b, 0);
    onnx_op(b, "Resize", &a, x, "", onnx_floats(b, scales, four, 1), END);
}

static void export_pad(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    const int64_t pads[] = {0, args->pad_c_front, args->pad.top,    args->pad.left,
                            0, args->pad_c_back,  args->pad.bottom, args->pad.right};
    const char *x = onnx_input4(b, 0);
    const char *amounts = onnx_ints(b, pads, 8);
    onnx_op(b, "Pad", NULL, x, amounts, onnx_scalar(b, args->value), END);
}

static void slice_to(struct builder *b, const int64_t *from, const int64_t *to, const int64_t *axes, size_t count)
{
    const char *x = onnx_input4(b, 0), *starts = onnx_ints(b, from, count), *ends = onnx_ints(b, to, count);
    onnx_op(b, "Slice", NULL, x, starts, ends, onnx_ints(b, axes, count), END);
}

static void export_crop(struct builder *b)
{
    static const int64_t axes[] = {2, 3};
    const struct padding *pad = &b->node->args.pad;
    const int64_t from[] = {pad->top, pad->left};
    const int64_t to[] = {pad->top + b->node->shape.h, pad->left + b->node->shape.w};
    slice_to(b, from, to, axes, 2);
}

static void export_slice(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    const int64_t axis = args->axis == AXIS_C ? 1 : args->axis == AXIS_H ? 2 : 3;
    slice_to(b, &args->from, &args->to, &axis, 1);
}

static void export_reshape(struct builder *b)
{
    const struct shape shape = b->node->shape;
    const int64_t dims[] = {1, shape.c, shape.h, shape.w};
    onnx_reshape(b, b->tensors[b->node->inputs[0]->id], dims, 4);
}

static void export_transpose(struct builder *b)
{
    static const int64_t places[] = {[AXIS_C] = 1, [AXIS_H] = 2, [AXIS_W] = 3};
    const enum axis *axes = b->node->args.axes; /* of h, w, c */
    const int64_t order[] = {0, places[axes[2]], places[axes[0]], places[axes[1]]};
    onnx_transpose(b, onnx_input4(b, 0), order, 4);
}

static void export_merge(struct builder *b)
{
    const struct node *node = b->node;
    bool flat = true;
    for (size_t i = 0; i < node->input_count; i++)
        flat = flat && b->ranks[node->inputs[i]->id] == 2;
    b->ranks[node->id] = flat ? 2 : 4;
    const char **inputs = ARENA_ARRAY(b->arena, const char *, node->input_count);
    for (size_t i = 0; i < node->input_count; i++)
        inputs[i] = flat ? b->tensors[node->inputs[i]->id] : onnx_input4(b, i);
    struct attributes a = onnx_attributes(b);
    if (node->kind == LAYER_CONCAT) {
        attribute_int(&a, "axis", 1);
        onnx_op_list(b, "Concat", &a, inputs, node->input_count);
    } else if (node->kind == LAYER_MAX || (node->kind == LAYER_ADD && node->input_count != 2)) {
        onnx_op_list(b, node->kind == LAYER_MAX ? "Max" : "Sum", NULL, inputs, node->input_count);
    } else {
        const char *type = node->kind == LAYER_ADD ? "Add" : node->kind == LAYER_SUB ? "Sub" : "Mul";
        const char *x = inputs[0];
        for (size_t i = 1; i < node->input_count; i++)
            x = onnx_op(b, type, NULL, x, inputs[i], END);
    }
}

static export_rule *const rules[LAYER_COUNT] = {
    [LAYER_INPUT] = export_input,
    [LAYER_OUTPUT] = export_output,
    [LAYER_CONV] = export_conv,
    [LAYER_DWCONV] = export_conv,
    [LAYER_DECONV] = export_deconv,
    [LAYER_FC] = export_fc,
    [LAYER_RBF] = export_rbf,
    [LAYER_FLATTEN] = export_flatten,
    [LAYER_DROPOUT] = export_dropout,
    [LAYER_RELU] = export_plain,
    [LAYER_SELU] = export_plain,
    [LAYER_SIGMOID] = export_plain,
    [LAYER_HARDSWISH] = export_plain,
    [LAYER_SOFTPLUS] = export_plain,
    [LAYER_SOFTSIGN] = export_plain,
    [LAYER_ABS] = export_plain,
    [LAYER_RELU6] = export_clip,
    [LAYER_CLIP] = export_clip,
    [LAYER_LEAKY] = export_sloped,
    [LAYER_ELU] = export_sloped,
    [LAYER_PRELU] = export_prelu,
    [LAYER_TANH] = export_tanh,
    [LAYER_HARDSIGMOID] = export_hardsigmoid,
    [LAYER_SILU] = export_silu,
    [LAYER_MISH] = export_mish,
    [LAYER_GELU] = export_gelu,
    [LAYER_SOFTMAX] = export_softmax,
    [LAYER_LOGSOFTMAX] = export_softmax,
    [LAYER_BN] = export_bn,
    [LAYER_LN] = export_ln,
    [LAYER_IN] = export_in,
    [LAYER_GN] = export_gn,
    [LAYER_LRN] = export_lrn,
    [LAYER_SCALE] = export_scale,
    [LAYER_SHUFFLE] = export_shuffle,
    [LAYER_UPSAMPLE] = export_upsample,
    [LAYER_PAD] = export_pad,
    [LAYER_CROP] = export_crop,
    [LAYER_SLICE] = export_slice,
    [LAYER_RESHAPE] = export_reshape,
    [LAYER_TRANSPOSE] = export_transpose,
    [LAYER_ADD] = export_merge,
    [LAYER_MUL] = export_merge,
    [LAYER_MAX] = export_merge,
    [LAYER_SUB] = export_merge,
    [LAYER_CONCAT] = export_merge,
};

bool onnx_layer(struct builder *b)
{
    b->operators.count = 0;
    b->constant_count = 0;
    b->ranks[b->node->id] = 4;
    if (layer_table[b->node->kind].family == FAMILY_POOLING)
        return onnx_pool(b);
    if (!rules[b->node->kind])
        return false;
    rules[b->node->kind](b);
    return true;
}
