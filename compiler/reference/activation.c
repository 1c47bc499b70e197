/* Activations, one function per formula; those that map one number to one number are passed to `each`
 * below. SOFTMAX and LOGSOFTMAX run along the channels of each pixel. */
#include <math.h>

#include "reference/layer.h"

typedef double scalar_function(double x, const struct layer_args *args);

static void each(const struct layer_call *call, scalar_function *function)
{
    int64_t count = shape_elements(call->shape);
    for (int64_t i = 0; i < count; i++)
        call->out[i] = function(call->in[0][i], call->args);
}

/* Keeps NaN, as PyTorch's relu does. */
static double clamp(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

/* log(1 + exp(x)) without overflow. */
static double softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

#define SCALAR(keyword, expression)                                                                                    \
    static double scalar_##keyword(double x, const struct layer_args *args)                                            \
    {                                                                                                                  \
        (void)args;                                                                                                    \
        return expression;                                                                                             \
    }                                                                                                                  \
    void reference_##keyword(const struct layer_call *call)                                                            \
    {                                                                                                                  \
        each(call, scalar_##keyword);                                                                                  \
    }

static const double selu_scale = 1.0507009873554804934193349852946;
static const double selu_alpha = 1.6732632423543772848170429916717;
static const double root_half = 0.70710678118654752440084436210485;
static const double root_two_over_pi = 0.79788456080286535587989211986876;

static double gelu(double x)
{
    return 0.5 * x * (1 + erf(x * root_half));
}

static double gelu_by_tanh(double x)
{
    return 0.5 * x * (1 + tanh(root_two_over_pi * (x + 0.044715 * x * x * x)));
}

SCALAR(RELU, clamp(x, 0, INFINITY))
SCALAR(RELU6, clamp(x, 0, 6))
SCALAR(LEAKY, x > 0 ? x : args->a * x)
SCALAR(ELU, x > 0 ? x : args->a * expm1(x))
SCALAR(SELU, selu_scale *(x > 0 ? x : selu_alpha * expm1(x)))
SCALAR(SIGMOID, sigmoid(x))
SCALAR(TANH, args->a *tanh(args->b *x))
SCALAR(HARDSIGMOID, clamp(x / 6 + 0.5, 0, 1))
SCALAR(HARDSWISH, x *clamp(x / 6 + 0.5, 0, 1))
SCALAR(SILU, x *sigmoid(x))
SCALAR(GELU, args->tanh_gelu ? gelu_by_tanh(x) : gelu(x))
SCALAR(MISH, x *tanh(softplus(x)))
SCALAR(SOFTPLUS, softplus(x))
SCALAR(SOFTSIGN, x / (1 + fabs(x)))
SCALAR(ABS, fabs(x))
SCALAR(CLIP, clamp(x, fmin(args->a, args->b), args->b)) /* limits that cross: the upper one, everywhere */

void reference_PRELU(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++) {
            double x = call->in[0][i];
            call->out[i] = x > 0 ? x : tensor_entry(call, ROLE_WEIGHT, c, 1) * x;
        }
}

/* The largest of a pixel's channels, which are `step` apart, and the sum of exp(x - largest). */
static double channel_sum(const double *pixel, int64_t channels, int64_t step, double *largest)
{
    double sum = 0;
    *largest = pixel[0];
    for (int64_t c = 1; c < channels; c++)
        if (pixel[c * step] > *largest)
            *largest = pixel[c * step];
    for (int64_t c = 0; c < channels; c++)
        sum += exp(pixel[c * step] - *largest);
    return sum;
}

void reference_SOFTMAX(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t i = 0; i < pixels; i++) {
        double largest, sum = channel_sum(call->in[0] + i, call->shape.c, pixels, &largest);
        for (int64_t c = 0; c < call->shape.c; c++)
            call->out[c * pixels + i] = exp(call->in[0][c * pixels + i] - largest) / sum;
    }
}

void reference_LOGSOFTMAX(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t i = 0; i < pixels; i++) {
        double largest, sum = channel_sum(call->in[0] + i, call->shape.c, pixels, &largest);
        for (int64_t c = 0; c < call->shape.c; c++)
            call->out[c * pixels + i] = call->in[0][c * pixels + i] - largest - log(sum);
    }
}
