/* Activations. SCALAR has the formula and the derivative of those that map one number to one number. SOFTMAX and
 * LOGSOFTMAX run along the channels of each pixel.
 *
 * Where a formula has a kink, the derivative there is PyTorch's: of RELU, LEAKY and PRELU the left one, of RELU6 and
 * HARDSIGMOID the one outside, of ELU and SELU that of the exponential, of HARDSWISH the right one, of CLIP 1, of
 * ABS 0; of SHRINK and THRESHOLD 0 where they jump, of FLOOR, CEIL, ROUND, SIGN and comparisons everywhere. */
#include <math.h>

#include "reference/layer.h"

typedef double scalar_function(double x, const struct layer_args *args);

static void each(const struct layer_call *call, scalar_function *function)
{
    int64_t count = shape_elements(call->shape);
    for (int64_t i = 0; i < count; i++)
        call->out[i] = function(call->in[0][i], call->args);
}

/* d_x += f'(x)*d_y */
static void each_backward(const struct layer_backward *b, scalar_function *derivative)
{
    int64_t count = shape_elements(b->call.shape);
    for (int64_t i = 0; i < count; i++)
        b->d_in[0][i] += derivative(b->call.in[0][i], b->call.args) * b->d_out[i];
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

#define SCALAR(keyword, expression, derivative)                                                                        \
    static double scalar_##keyword(double x, const struct layer_args *args)                                            \
    {                                                                                                                  \
        (void)args;                                                                                                    \
        return expression;                                                                                             \
    }                                                                                                                  \
    static double derivative_##keyword(double x, const struct layer_args *args)                                        \
    {                                                                                                                  \
        (void)args, (void)x;                                                                                           \
        return derivative;                                                                                             \
    }                                                                                                                  \
    void reference_##keyword(const struct layer_call *call)                                                            \
    {                                                                                                                  \
        each(call, scalar_##keyword);                                                                                  \
    }                                                                                                                  \
    void reference_backward_##keyword(const struct layer_backward *b)                                                  \
    {                                                                                                                  \
        each_backward(b, derivative_##keyword);                                                                        \
    }

static const double selu_scale = 1.0507009873554804934193349852946;
static const double selu_alpha = 1.6732632423543772848170429916717;
static const double root_half = 0.70710678118654752440084436210485;
static const double root_two_over_pi = 0.79788456080286535587989211986876;
static const double root_of_half_pi = 1.2533141373155002512078826424055;

static double square(double x)
{
    return x * x;
}

static double single(double x)
{
    return (double)(float)x;
}

/* Of two whole numbers that are as near, the even one, whatever way the machine rounds. */
static double nearest(double x)
{
    double below = floor(x), over = x - below;
    if (over != 0.5)
        return over < 0.5 ? below : below + 1;
    return fmod(below, 2) == 0 ? below : below + 1;
}

static double gelu(double x)
{
    return 0.5 * x * (1 + erf(x * root_half));
}

/* Phi(x) + x*phi(x), phi(x) = exp(-x^2/2)/sqrt(2*pi) */
static double gelu_derivative(double x)
{
    return 0.5 * (1 + erf(x * root_half)) + x * exp(-x * x / 2) / (2 * root_of_half_pi);
}

/* x*(1 + tanh(u))/2, u = sqrt(2/pi)*(x + 0.044715*x^3) */
static double gelu_by_tanh(double x)
{
    return 0.5 * x * (1 + tanh(root_two_over_pi * (x + 0.044715 * x * x * x)));
}

/* (1 + tanh(u))/2 + x*u'*(1 - tanh(u)^2)/2 */
static double gelu_by_tanh_derivative(double x)
{
    double t = tanh(root_two_over_pi * (x + 0.044715 * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root_two_over_pi * (1 + 3 * 0.044715 * x * x);
}

static double mish(double x)
{
    return x * tanh(softplus(x));
}

/* t + x*sigmoid(x)*(1 - t^2), t = tanh(softplus(x)) */
static double mish_derivative(double x)
{
    double t = tanh(softplus(x));
    return t + x * sigmoid(x) * (1 - t * t);
}

/* sigmoid(-x) = 1 - sigmoid(x), without cancellation. */
SCALAR(RELU, clamp(x, 0, INFINITY), x > 0 ? 1 : 0)
SCALAR(RELU6, clamp(x, 0, 6), x > 0 && x < 6 ? 1 : 0)
SCALAR(LEAKY, x > 0 ? x : args->a * x, x > 0 ? 1 : args->a)
SCALAR(ELU, x > 0 ? x : args->a * expm1(x), x > 0 ? 1 : args->a * exp(x))
SCALAR(SELU, selu_scale *(x > 0 ? x : selu_alpha * expm1(x)), selu_scale *(x > 0 ? 1 : selu_alpha * exp(x)))
SCALAR(SIGMOID, sigmoid(x), sigmoid(x) * sigmoid(-x))
SCALAR(TANH, args->a *tanh(args->b *x), args->a * args->b / square(cosh(args->b * x)))
SCALAR(HARDSIGMOID, clamp(x / 6 + 0.5, 0, 1), x > -3 && x < 3 ? 1.0 / 6 : 0)
SCALAR(HARDSWISH, x *clamp(x / 6 + 0.5, 0, 1), x < -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1)
SCALAR(SILU, x *sigmoid(x), sigmoid(x) * (1 + x * sigmoid(-x)))
SCALAR(GELU, args->tanh_gelu ? gelu_by_tanh(x) : gelu(x),
       args->tanh_gelu ? gelu_by_tanh_derivative(x) : gelu_derivative(x))
SCALAR(MISH, mish(x), mish_derivative(x))
SCALAR(SOFTPLUS, softplus(x), sigmoid(x))
SCALAR(SOFTSIGN, x / (1 + fabs(x)), 1 / square(1 + fabs(x)))
SCALAR(ABS, fabs(x), x > 0 ? 1 : x < 0 ? -1 : 0)
SCALAR(NEG, -x, -1)
SCALAR(SQUARE, x *x, 2 * x)
SCALAR(SQRT, sqrt(x), 0.5 / sqrt(x))
SCALAR(RSQRT, 1 / sqrt(x), -0.5 / (x * sqrt(x)))
SCALAR(RECIPROCAL, 1 / x, -1 / square(x))
SCALAR(POWER, pow(x, args->a), args->a == 0 ? 0 : args->a * pow(x, args->a - 1))
SCALAR(EXP, exp(x), exp(x))
SCALAR(LOG, log(x), 1 / x)
SCALAR(ERF, erf(x), exp(-x *x) / (root_of_half_pi * root_half))
SCALAR(FLOOR, floor(x), 0)
SCALAR(CEIL, ceil(x), 0)
SCALAR(ROUND, nearest(x), 0)
SCALAR(SIGN, x > 0 ? 1 : x < 0 ? -1 : x, 0)
SCALAR(SIN, sin(x), cos(x))
SCALAR(COS, cos(x), -sin(x))
SCALAR(TAN, tan(x), 1 / square(cos(x)))
SCALAR(ASIN, asin(x), 1 / sqrt(1 - x * x))
SCALAR(ACOS, acos(x), -1 / sqrt(1 - x * x))
SCALAR(ATAN, atan(x), 1 / (1 + x * x))
SCALAR(SINH, sinh(x), cosh(x))
SCALAR(COSH, cosh(x), sinh(x))
SCALAR(ASINH, asinh(x), 1 / sqrt(x * x + 1))
SCALAR(ACOSH, acosh(x), 1 / sqrt(x * x - 1))
SCALAR(ATANH, atanh(x), 1 / (1 - x * x))
/* Their limits are floats, as the code has them: between a number and the float nearest to it they would jump. */
SCALAR(SHRINK,
       x<-single(args->a) ? x + args->b : x> single(args->a) ? x - args->b
       : isnan(x)                                            ? x
                                                             : 0,
       fabs(x) > single(args->a) ? 1 : 0)
SCALAR(THRESHOLD, x > single(args->a) || isnan(x) ? x : args->b, x > single(args->a) ? 1 : 0)
/* The same holds for what is compared with; a NaN is neither above nor below nor equal. */
SCALAR(ABOVE, x > single(args->a) ? 1 : 0, 0)
SCALAR(BELOW, x < single(args->a) ? 1 : 0, 0)
SCALAR(EQUALS, x == single(args->a) ? 1 : 0, 0)
/* Limits that cross: the upper one, everywhere. */
SCALAR(CLIP, clamp(x, fmin(args->a, args->b), args->b), x >= args->a && x <= args->b ? 1 : 0)

void reference_PRELU(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++) {
            double x = call->in[0][i];
            call->out[i] = x > 0 ? x : tensor_entry(call, ROLE_WEIGHT, c, 1) * x;
        }
}

/* d_x += (1 if x > 0 else w)*d_y, d_w += x*d_y over all x <= 0 */
void reference_backward_PRELU(const struct layer_backward *b)
{
    const struct layer_call *call = &b->call;
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++) {
            double x = call->in[0][i];
            b->d_in[0][i] += (x > 0 ? 1 : tensor_entry(call, ROLE_WEIGHT, c, 1)) * b->d_out[i];
            tensor_learn(b, ROLE_WEIGHT, c, x > 0 ? 0 : x * b->d_out[i]);
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

/* d_x[c] += y[c]*(d_y[c] - sum over k of y[k]*d_y[k]), at each pixel */
void reference_backward_SOFTMAX(const struct layer_backward *b)
{
    int64_t pixels = b->call.shape.h * b->call.shape.w, count = shape_elements(b->call.shape);
    const double *y = b->call.out;
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
        double sum = 0;
        for (int64_t i = pixel; i < count; i += pixels)
            sum += y[i] * b->d_out[i];
        for (int64_t i = pixel; i < count; i += pixels)
            b->d_in[0][i] += y[i] * (b->d_out[i] - sum);
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

/* d_x[c] += d_y[c] - exp(y[c])*sum over k of d_y[k], at each pixel */
void reference_backward_LOGSOFTMAX(const struct layer_backward *b)
{
    int64_t pixels = b->call.shape.h * b->call.shape.w, count = shape_elements(b->call.shape);
    const double *y = b->call.out;
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
        double sum = 0;
        for (int64_t i = pixel; i < count; i += pixels)
            sum += b->d_out[i];
        for (int64_t i = pixel; i < count; i += pixels)
            b->d_in[0][i] += b->d_out[i] - exp(y[i]) * sum;
    }
}
