/* Normalisation:
 *
 *   BN          w[c]*(x - mean[c])/sqrt(var[c] + eps) + b[c], with the running statistics
 *   LN, IN, GN  (x - m)/sqrt(v + eps), m the mean and v the variance (over n, not n - 1) of the numbers
 *               that are normalised together; then w*... + b where the layer has w and b
 *   LRN         x/(k + alpha/size * s)^beta, s the sum of squares over channels c - floor(size/2) ..
 *               c + floor((size - 1)/2), as far as they exist
 *   SCALE       w[c]*x + b[c] */
#include <math.h>

#include "reference/layer.h"

void reference_BN(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++) {
        double mean = tensor_entry(call, ROLE_MEAN, c, 0), var = tensor_entry(call, ROLE_VAR, c, 1);
        double w = tensor_entry(call, ROLE_WEIGHT, c, 1), b = tensor_entry(call, ROLE_BIAS, c, 0);
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++)
            call->out[i] = w * (call->in[0][i] - mean) / sqrt(var + call->args->eps) + b;
    }
}

void reference_SCALE(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++)
            call->out[i] = tensor_entry(call, ROLE_WEIGHT, c, 1) * call->in[0][i] + tensor_entry(call, ROLE_BIAS, c, 0);
}

/* Normalises `count` numbers of the call that are `step` apart. */
static void normalise(const struct layer_call *call, int64_t first, int64_t count, int64_t step)
{
    const double *in = call->in[0] + first;
    double *out = call->out + first, eps = call->args->eps;
    double mean = 0, variance = 0;
    for (int64_t i = 0; i < count; i++)
        mean += in[i * step] / (double)count;
    for (int64_t i = 0; i < count; i++)
        variance += (in[i * step] - mean) * (in[i * step] - mean) / (double)count;
    for (int64_t i = 0; i < count; i++)
        out[i * step] = (call->sizes ? fabs(in[i * step]) + fabs(mean) : in[i * step] - mean) / sqrt(variance + eps);
}

/* w*x + b in place; the tensors hold one entry per element, or one per channel. */
static void transform(const struct layer_call *call)
{
    const struct weight *weight = node_weight(call->node, ROLE_WEIGHT);
    int64_t pixels = call->shape.h * call->shape.w, count = shape_elements(call->shape);
    bool by_element = weight && weight->count == count;
    for (int64_t i = 0; i < count; i++) {
        int64_t entry = by_element ? i : i / pixels;
        double w = tensor_entry(call, ROLE_WEIGHT, entry, 1), b = tensor_entry(call, ROLE_BIAS, entry, 0);
        call->out[i] = w * call->out[i] + b;
    }
}

void reference_LN(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    if (call->args->per_pixel)
        for (int64_t i = 0; i < pixels; i++)
            normalise(call, i, call->shape.c, pixels);
    else
        normalise(call, 0, shape_elements(call->shape), 1);
    transform(call);
}

static void normalise_groups(const struct layer_call *call, int64_t groups)
{
    int64_t count = shape_elements(call->shape) / groups;
    for (int64_t g = 0; g < groups; g++)
        normalise(call, g * count, count, 1);
    transform(call);
}

void reference_IN(const struct layer_call *call)
{
    normalise_groups(call, call->shape.c);
}

void reference_GN(const struct layer_call *call)
{
    normalise_groups(call, call->args->groups);
}

static double sum_of_squares(const double *pixel, int64_t step, int64_t from, int64_t to)
{
    double sum = 0;
    for (int64_t c = from; c < to; c++)
        sum += pixel[c * step] * pixel[c * step];
    return sum;
}

void reference_LRN(const struct layer_call *call)
{
    const struct layer_args *args = call->args;
    int64_t pixels = call->shape.h * call->shape.w, channels = call->shape.c;
    for (int64_t c = 0; c < channels; c++) {
        int64_t from = c - args->size / 2, to = c + (args->size - 1) / 2 + 1;
        from = from < 0 ? 0 : from;
        to = to > channels ? channels : to;
        for (int64_t i = 0; i < pixels; i++) {
            double sum = sum_of_squares(call->in[0] + i, pixels, from, to);
            double x = call->in[0][c * pixels + i];
            call->out[c * pixels + i] = x / pow(args->k + args->alpha / (double)args->size * sum, args->beta);
        }
    }
}
