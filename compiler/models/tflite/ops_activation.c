/* Operators that change each number by itself, SOFTMAX, and those that change none. */
#include "models/tflite/convert.h"

static bool plain(struct convert *c, const char *type)
{
    return tfl_give(c, 0, tfl_do1(c, type, tfl_value(c, 0)));
}

static bool activated(struct convert *c, int64_t activation)
{
    return tfl_give(c, 0, tfl_activated(c, tfl_view(c, 0), activation));
}

bool tfl_relu(struct convert *c)
{
    return activated(c, FUSED_RELU);
}

bool tfl_relu_n1_to_1(struct convert *c)
{
    return activated(c, FUSED_RELU_N1_TO_1);
}

bool tfl_relu6(struct convert *c)
{
    return activated(c, FUSED_RELU6);
}

bool tfl_relu_0_to_1(struct convert *c)
{
    struct value *x = tfl_view(c, 0);
    struct call *step = tfl_step(c, "Clip", &x, 1);
    tfl_set_float(c, step, "min", 0);
    tfl_set_float(c, step, "max", 1);
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_logistic(struct convert *c)
{
    return plain(c, "Sigmoid");
}

bool tfl_tanh(struct convert *c)
{
    return activated(c, FUSED_TANH);
}

bool tfl_hard_swish(struct convert *c)
{
    return plain(c, "HardSwish");
}

bool tfl_abs(struct convert *c)
{
    return plain(c, "Abs");
}

bool tfl_neg(struct convert *c)
{
    return plain(c, "Neg");
}

bool tfl_elu(struct convert *c)
{
    return plain(c, "Elu");
}

bool tfl_sqrt(struct convert *c)
{
    return plain(c, "Sqrt");
}

bool tfl_rsqrt(struct convert *c)
{
    return tfl_give(c, 0, tfl_do1(c, "Reciprocal", tfl_do1(c, "Sqrt", tfl_value(c, 0))));
}

bool tfl_gelu(struct convert *c)
{
    struct value *x = tfl_view(c, 0);
    struct call *step = tfl_step(c, "Gelu", &x, 1);
    tfl_set_string(c, step, "approximate", tfl_option(c, GELU_APPROXIMATE, 1, 0) ? "tanh" : "none");
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_leaky_relu(struct convert *c)
{
    struct value *x = tfl_view(c, 0);
    struct call *step = tfl_step(c, "LeakyRelu", &x, 1);
    tfl_set_float(c, step, "alpha", tfl_option_float(c, LEAKY_ALPHA, 0));
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_prelu(struct convert *c)
{
    struct value *inputs[] = {tfl_view(c, 0), tfl_value(c, 1)};
    tfl_train(c, 1);
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "PRelu", inputs, 2)));
}

/* Over the last axis. */
static bool softmax(struct convert *c, const char *type, double beta)
{
    struct value *x = tfl_view(c, 0);
    if (x && beta != 1) {
        struct value *factors[] = {x, tfl_number(c, beta)};
        if (c->integers)
            return tfl_refuse(c, "its beta is %g, which is not supported in integers yet", beta);
        x = tfl_do(c, tfl_step(c, "Mul", factors, 2));
    }
    struct call *step = tfl_step(c, type, &x, 1);
    tfl_set_int(c, step, "axis", -1);
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_softmax(struct convert *c)
{
    return softmax(c, "Softmax", tfl_option_float(c, SOFTMAX_BETA, 0));
}

bool tfl_log_softmax(struct convert *c)
{
    return softmax(c, "LogSoftmax", 1);
}

bool tfl_local_response(struct convert *c)
{
    struct value *x = tfl_first(c, tfl_view(c, 0));
    const int64_t radius = tfl_option(c, NORMALIZATION_RADIUS, 4, 0);
    if (radius < 0 || radius > 1 << 20)
        return tfl_refuse(c, "its radius is %lld", (long long)radius);
    struct call *step = tfl_step(c, "LRN", &x, 1);
    const double size = (double)(2 * radius + 1);
    tfl_set_int(c, step, "size", 2 * radius + 1);
    tfl_set_float(c, step, "alpha", tfl_option_float(c, NORMALIZATION_ALPHA, 0) * size);
    tfl_set_float(c, step, "beta", tfl_option_float(c, NORMALIZATION_BETA, 0));
    tfl_set_float(c, step, "bias", tfl_option_float(c, NORMALIZATION_BIAS, 0));
    return tfl_give(c, 0, tfl_last(c, tfl_do(c, step)));
}

/* ---- changes of type ---- */

bool tfl_cast(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    struct call *step = tfl_step(c, "Cast", &x, 1);
    const size_t result = tfl_output(c, 0);
    const int type = result == SIZE_MAX ? 0 : tfl_onnx_type(c->model->tensors[result].type);
    tfl_set_int(c, step, "to", type);
    return tfl_give(c, 0, tfl_do(c, step));
}

/* Half floats of weights become floats, and the integers of a result do if the model ends so. */
bool tfl_dequantize(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    const struct constant *constant = tfl_constant(c, 0);
    if (constant && !type_is_float(constant->type))
        return tfl_refuse(c, "its input is a constant of integers without a scale");
    struct call *step = tfl_step(c, constant ? "Cast" : "Identity", &x, 1);
    if (constant)
        tfl_set_int(c, step, "to", ONNX_FLOAT);
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_quantize(struct convert *c)
{
    return tfl_give(c, 0, tfl_do1(c, "Identity", tfl_view(c, 0)));
}
