/* Operators that change each number by itself, and SOFTMAX. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "import.h"

static bool give_layer(struct importer *im, struct call *call, const struct layer *layer)
{
    struct value *x = call_view(call, 0);
    return x ? give(call, apply(im, call, layer, x)) : refuse(im, call, "it lacks an input");
}

bool op_activation(struct importer *im, struct call *call)
{
    static const struct {
        const char *type;
        enum layer_kind kind;
        double alpha;
    } table[] = {
        {"Relu", LAYER_RELU, 0},         {"Sigmoid", LAYER_SIGMOID, 0},
        {"Softplus", LAYER_SOFTPLUS, 0}, {"Softsign", LAYER_SOFTSIGN, 0},
        {"Abs", LAYER_ABS, 0},           {"HardSwish", LAYER_HARDSWISH, 0},
        {"Mish", LAYER_MISH, 0},         {"LeakyRelu", LAYER_LEAKY, 0.01},
        {"Elu", LAYER_ELU, 1},           {"Tanh", LAYER_TANH, 0},
        {"Gelu", LAYER_GELU, 0},         {"ThresholdedRelu", LAYER_THRESHOLD, 1},
        {"Sqrt", LAYER_SQRT, 0},         {"Exp", LAYER_EXP, 0},
        {"Log", LAYER_LOG, 0},           {"Erf", LAYER_ERF, 0},
        {"Floor", LAYER_FLOOR, 0},       {"Ceil", LAYER_CEIL, 0},
        {"Round", LAYER_ROUND, 0},       {"Sign", LAYER_SIGN, 0},
        {"Sin", LAYER_SIN, 0},           {"Cos", LAYER_COS, 0},
        {"Tan", LAYER_TAN, 0},           {"Asin", LAYER_ASIN, 0},
        {"Acos", LAYER_ACOS, 0},         {"Atan", LAYER_ATAN, 0},
        {"Sinh", LAYER_SINH, 0},         {"Cosh", LAYER_COSH, 0},
        {"Asinh", LAYER_ASINH, 0},       {"Acosh", LAYER_ACOSH, 0},
        {"Atanh", LAYER_ATANH, 0},       {"Reciprocal", LAYER_RECIPROCAL, 0},
        {"Shrink", LAYER_SHRINK, 0},
    };
    struct layer layer = {.kind = LAYER_RELU};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(call->type, table[i].type) == 0) {
            layer.kind = table[i].kind;
            layer.args.a = call_float(call, "alpha", table[i].alpha);
        }
    if (layer.kind == LAYER_TANH)
        layer.args.a = layer.args.b = 1;
    if (layer.kind == LAYER_SHRINK) {
        layer.args.a = call_float(call, "lambd", 0.5);
        layer.args.b = call_float(call, "bias", 0);
    }
    layer.args.tanh_gelu = layer.kind == LAYER_GELU && strcmp(call_string(call, "approximate", "none"), "tanh") == 0;
    return give_layer(im, call, &layer);
}

bool op_clip(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_CLIP};
    if ((call_has(call, 1) && !call_constant(call, 1)) || (call_has(call, 2) && !call_constant(call, 2)))
        return refuse(im, call, "its bounds are not constants");
    const struct constant *low = call_constant(call, 1), *high = call_constant(call, 2);
    layer.args.a = low && low->count ? constant_number(low) : call_float(call, "min", -FLT_MAX);
    layer.args.b = high && high->count ? constant_number(high) : call_float(call, "max", FLT_MAX);
    if (!(layer.args.a >= -FLT_MAX))
        layer.args.a = -FLT_MAX;
    if (!(layer.args.b <= FLT_MAX))
        layer.args.b = FLT_MAX;
    if (layer.args.a == 0 && layer.args.b == 6)
        layer.kind = LAYER_RELU6;
    else if (layer.args.a == 0 && layer.args.b == FLT_MAX)
        layer.kind = LAYER_RELU;
    if (layer.args.a > layer.args.b) /* ONNX lets the upper bound win */
        layer.args.a = layer.args.b;
    return give_layer(im, call, &layer);
}

/* The constant as a number a channel along the only axis where it changes. */
bool op_prelu(struct importer *im, struct call *call)
{
    const struct constant *slope = call_constant(call, 1);
    struct layer layer = {.kind = LAYER_PRELU};
    struct value *x = call_view(call, 0);
    struct dims out;
    if (!x || !slope || slope->count < 1)
        return refuse(im, call, "its slope is not a constant");
    if (im->opset < 7 && slope->dims.rank == 1 && x->dims.rank > 2) { /* along the channels, then */
        struct dims along = {.rank = x->dims.rank - 1};
        for (int i = 0; i < along.rank; i++)
            along.at[i] = i ? 1 : slope->count;
        slope = constant_as(im, slope, along);
    }
    if (!broadcast_dims(&x->dims, &slope->dims, &out) || !dims_equal(&out, &x->dims))
        return refuse(im, call, "its slope %s does not fit %s", dims_words(im->arena, &slope->dims),
                      dims_words(im->arena, &x->dims));
    layer.args.shared = slope->count == 1;
    layer.constants[ROLE_WEIGHT] = slope;
    if (layer.args.shared)
        return give(call, apply(im, call, &layer, x));
    int axis = -1, several = 0;
    for (int i = 0; i < slope->dims.rank; i++)
        if (slope->dims.at[i] > 1) {
            axis = x->dims.rank - slope->dims.rank + i;
            several++;
        }
    if (several == 1) {
        x = view_channels(im, call, x, axis);
        return give(call, x ? apply(im, call, &layer, x) : NULL);
    }
    /* A slope an element: every element a channel. */
    if (!view_ordered(x) || slope->count != dims_count(&x->dims))
        return refuse(im, call, "its slope changes along several axes");
    const struct layer flat = {.kind = LAYER_FLATTEN};
    struct value *row = x->node->shape.h * x->node->shape.w > 1 ? apply(im, call, &flat, x) : x;
    return give(call, row ? apply(im, call, &layer, row) : NULL);
}

bool op_softmax(struct importer *im, struct call *call)
{
    const struct layer layer = {.kind = strcmp(call->type, "Softmax") == 0 ? LAYER_SOFTMAX : LAYER_LOGSOFTMAX};
    struct value *x = call_view(call, 0);
    int axis;
    if (!x || !call_axis(im, call, call_int(call, "axis", im->opset < 13 ? 1 : -1), x->dims.rank, &axis))
        return refuse(im, call, "it lacks an input");
    const struct dims dims = x->dims;
    if (im->opset < 13) { /* over everything from the axis on */
        struct dims flat = {2, {1, 1}};
        for (int i = 0; i < dims.rank; i++)
            flat.at[i >= axis] *= dims.at[i];
        x = view_reshape(im, call, x, &flat);
        axis = 1;
    }
    x = x ? view_channels(im, call, x, axis) : NULL;
    x = x ? apply(im, call, &layer, x) : NULL;
    return give(call, x && im->opset < 13 ? view_reshape(im, call, x, &dims) : x);
}

bool op_hard_sigmoid(struct importer *im, struct call *call)
{
    const double alpha = call_float(call, "alpha", 0.2), beta = call_float(call, "beta", 0.5);
    const struct layer usual = {.kind = LAYER_HARDSIGMOID}, clip = {.kind = LAYER_CLIP, .args = {.a = 0, .b = 1}};
    if (fabs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
        return give_layer(im, call, &usual);
    struct value *x = call_view(call, 0);
    x = x ? scale_by(im, call, x, alpha, beta) : NULL;
    return give(call, x ? apply(im, call, &clip, x) : NULL) || refuse(im, call, "it lacks an input");
}

/* alpha*elu(x/alpha) */
bool op_celu(struct importer *im, struct call *call)
{
    const double alpha = call_float(call, "alpha", 1);
    const struct layer elu = {.kind = LAYER_ELU, .args.a = 1};
    struct value *x = call_view(call, 0);
    if (!x || alpha == 0)
        return refuse(im, call, "its alpha is 0");
    x = scale_by(im, call, x, 1 / alpha, 0);
    x = x ? apply(im, call, &elu, x) : NULL;
    return give(call, x ? scale_by(im, call, x, alpha, 0) : NULL);
}

/* x*sigmoid(alpha*x) = silu(alpha*x)/alpha */
bool op_swish(struct importer *im, struct call *call)
{
    const double alpha = call_float(call, "alpha", 1);
    const struct layer silu = {.kind = LAYER_SILU};
    struct value *x = call_view(call, 0);
    if (!x || alpha == 0)
        return refuse(im, call, "its alpha is 0");
    x = scale_by(im, call, x, alpha, 0);
    x = x ? apply(im, call, &silu, x) : NULL;
    return give(call, x ? scale_by(im, call, x, 1 / alpha, 0) : NULL);
}

bool op_selu(struct importer *im, struct call *call)
{
    const double alpha = call_float(call, "alpha", 1.67326319217681884765625);
    const double gamma = call_float(call, "gamma", 1.05070102214813232421875);
    const struct layer usual = {.kind = LAYER_SELU}, elu = {.kind = LAYER_ELU, .args.a = alpha};
    if (fabs(alpha - 1.6732632) < 1e-6 && fabs(gamma - 1.0507010) < 1e-6)
        return give_layer(im, call, &usual);
    struct value *x = call_view(call, 0);
    x = x ? apply(im, call, &elu, x) : NULL;
    return give(call, x ? scale_by(im, call, x, gamma, 0) : NULL) || refuse(im, call, "it lacks an input");
}

bool op_dropout(struct importer *im, struct call *call)
{
    const struct constant *ratio = call_constant(call, 1), *training = call_constant(call, 2);
    struct layer layer = {.kind = LAYER_DROPOUT};
    if (call_has(call, 2) && (!training || !constant_is(training, 0)))
        return refuse(im, call, "it is in training mode");
    if (call_wants_more(im, call))
        return refuse(im, call, "its second output, the mask, is used");
    layer.args.rate = ratio && ratio->count ? constant_number(ratio) : call_float(call, "ratio", 0.5);
    if (!(layer.args.rate >= 0 && layer.args.rate <= 1))
        return refuse(im, call, "its ratio is not from 0 to 1");
    return give_layer(im, call, &layer);
}

bool op_identity(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    return x ? give(call, x) : refuse(im, call, "it lacks an input");
}

/* base^x = e^(x*log(base)) */
static bool power_of_constant(struct importer *im, struct call *call, const struct constant *base, struct value *x)
{
    const struct layer exponential = {.kind = LAYER_EXP};
    struct constant *logarithms = constant_new(im, 1, base->dims);
    if (!logarithms)
        return refuse(im, call, "its constant is too large");
    for (int64_t i = 0; i < base->count; i++) {
        const double number = constant_at(base, i);
        if (!(number > 0))
            return refuse(im, call, "its base %g is constant and not above 0", number);
        constant_numbers(logarithms)[i] = log(number);
    }
    x = scale_view(im, call, x, logarithms, NULL);
    return give(call, x ? apply(im, call, &exponential, x) : NULL);
}

static enum layer_kind power_kind(double power)
{
    return power == 0.5 ? LAYER_SQRT : power == -0.5 ? LAYER_RSQRT : power == -1 ? LAYER_RECIPROCAL : LAYER_POWER;
}

static bool power(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0), *y = call_view(call, 1);
    const struct constant *base = call_constant(call, 0), *power = call_constant(call, 1);
    if (x && y)
        return give(call, merge_views(im, call, LAYER_POW, (struct value *[]){x, y}, 2));
    if (y && base)
        return power_of_constant(im, call, base, y);
    if (!x || !power || power->count < 1)
        return refuse(im, call, "it lacks an input");
    if (!constant_is(power, constant_at(power, 0))) {
        y = constant_like(im, call, x, power);
        return give(call, y ? merge_views(im, call, LAYER_POW, (struct value *[]){x, y}, 2) : NULL);
    }
    if (power->count > 1) {
        struct dims out;
        if (!broadcast_dims(&x->dims, &power->dims, &out))
            return refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &x->dims),
                          dims_words(im->arena, &power->dims));
        x = dims_equal(&out, &x->dims) ? x : expand_view(im, call, x, &out);
    }
    const double p = nice_number((float)constant_at(power, 0));
    const struct layer layer = {.kind = power_kind(p), .args.a = p};
    struct value *factors[] = {x, x, x};
    if (x && (p == 2 || p == 3))
        return give(call, merge_views(im, call, LAYER_MUL, factors, p == 2 ? 2 : 3));
    return give(call, !x || p == 1 ? x : apply(im, call, &layer, x));
}

/* Powers of integers are whole: by integers, they are but for rounding; by other numbers, they are cut off. */
bool op_pow(struct importer *im, struct call *call)
{
    const struct layer nearest = {.kind = LAYER_ROUND};
    if (!power(im, call))
        return false;
    if (type_is_float(call->inputs[0]->type))
        return true;
    return give(call, type_is_float(call->inputs[1]->type) ? whole_view(im, call, call->outputs[0])
                                                           : apply(im, call, &nearest, call->outputs[0]));
}

bool op_neg(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    return x ? give(call, scale_by(im, call, x, -1, 0)) : refuse(im, call, "it lacks an input");
}
