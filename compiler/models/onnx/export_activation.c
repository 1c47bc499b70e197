/* Activations in ONNX: one operator, or several where opset 17 has none. */
#include "export.h"
#include "fields.h"

static const char *const END = NULL;

/* One operator without attributes. */
void export_plain(struct builder *b)
{
    onnx_unary(b, b->type, onnx_any_input(b));
}

static void clip(struct builder *b, double lowest, double highest)
{
    const char *x = onnx_any_input(b), *low = onnx_scalar(b, lowest);
    onnx_op(b, b->type, NULL, x, low, onnx_scalar(b, highest), END);
}

void export_clip(struct builder *b)
{
    clip(b, b->node->args.a, b->node->args.b);
}

void export_relu6(struct builder *b)
{
    clip(b, 0, 6);
}

void export_sloped(struct builder *b) /* LEAKY, ELU */
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "alpha", b->node->args.a);
    onnx_op(b, b->type, &a, onnx_any_input(b), END);
}

void export_prelu(struct builder *b)
{
    const char *x = onnx_input4(b, 0);
    onnx_op(b, "PRelu", NULL, x, onnx_weight_per_map(b, ROLE_WEIGHT), END);
}

void export_tanh(struct builder *b)
{
    const char *x = onnx_any_input(b);
    if (b->node->args.b != 1)
        x = onnx_with_scalar(b, "Mul", x, b->node->args.b);
    x = onnx_unary(b, "Tanh", x);
    if (b->node->args.a != 1)
        onnx_with_scalar(b, "Mul", x, b->node->args.a);
}

void export_hardsigmoid(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "alpha", 1.0 / 6);
    attribute_float(&a, "beta", 0.5);
    onnx_op(b, "HardSigmoid", &a, onnx_any_input(b), END);
}

void export_silu(struct builder *b)
{
    const char *x = onnx_any_input(b);
    onnx_op(b, "Mul", NULL, x, onnx_unary(b, "Sigmoid", x), END);
}

void export_mish(struct builder *b)
{
    const char *x = onnx_any_input(b);
    onnx_op(b, "Mul", NULL, x, onnx_unary(b, "Tanh", onnx_unary(b, "Softplus", x)), END);
}

void export_gelu(struct builder *b)
{
    const char *x = onnx_any_input(b), *gate;
    if (b->node->args.tanh_gelu) {
        const char *cube = onnx_op(b, "Mul", NULL, onnx_op(b, "Mul", NULL, x, x, END), x, END);
        const char *sum = onnx_op(b, "Add", NULL, x, onnx_with_scalar(b, "Mul", cube, 0.044715), END);
        gate = onnx_unary(b, "Tanh", onnx_with_scalar(b, "Mul", sum, 0.79788456080286536));
    } else {
        gate = onnx_unary(b, "Erf", onnx_with_scalar(b, "Div", x, 1.4142135623730951));
    }
    const char *product = onnx_op(b, "Mul", NULL, x, onnx_with_scalar(b, "Add", gate, 1), END);
    onnx_with_scalar(b, "Mul", product, 0.5);
}

void export_softmax(struct builder *b) /* and LOGSOFTMAX */
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    onnx_op(b, b->type, &a, onnx_any_input(b), END);
}

void export_square(struct builder *b)
{
    const char *x = onnx_any_input(b);
    onnx_op(b, "Mul", NULL, x, x, END);
}

void export_rsqrt(struct builder *b)
{
    onnx_unary(b, "Reciprocal", onnx_unary(b, "Sqrt", onnx_any_input(b)));
}

void export_power(struct builder *b)
{
    onnx_with_scalar(b, "Pow", onnx_any_input(b), b->node->args.a);
}

void export_shrink(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "lambd", b->node->args.a);
    attribute_float(&a, "bias", b->node->args.b);
    onnx_op(b, "Shrink", &a, onnx_any_input(b), END);
}

/* What ONNX answers with bool is 1 or 0 for the layers behind. */
void export_compared(struct builder *b)
{
    const char *x = onnx_any_input(b);
    onnx_cast(b, onnx_op(b, b->type, NULL, x, onnx_scalar(b, b->node->args.a), END), TYPE_FLOAT);
}

/* ONNX's is 0 below; what another value adds there, 1 - sign(max(x - threshold, 0)) marks. */
void export_threshold(struct builder *b)
{
    const double threshold = b->node->args.a, value = b->node->args.b;
    const char *x = onnx_any_input(b);
    struct attributes a = onnx_attributes(b);
    attribute_float(&a, "alpha", threshold);
    const char *above = onnx_op(b, "ThresholdedRelu", &a, x, END);
    if (value == 0)
        return;
    const char *over = onnx_unary(b, "Relu", onnx_with_scalar(b, "Sub", x, threshold));
    const char *mark = onnx_with_scalar(b, "Sub", onnx_unary(b, "Sign", over), 1);
    onnx_op(b, "Sub", NULL, above, onnx_with_scalar(b, "Mul", mark, value), END);
}
