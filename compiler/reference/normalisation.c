/* Normalisation:
 *
 *   BN          w[c]*(x - mean[c])/sqrt(var[c] + eps) + b[c], with the running statistics; learning.c has those of
 *               a batch
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

/* d_x += w[c]/sqrt(var[c] + eps)*d_o, d_w[c] += sum of (x - mean[c])/sqrt(var[c] + eps)*d_o, d_b[c] += sum of d_o */
void reference_backward_BN(const struct layer_backward *b)
{
    const struct layer_call *call = &b->call;
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++) {
        double mean = tensor_entry(call, ROLE_MEAN, c, 0), var = tensor_entry(call, ROLE_VAR, c, 1);
        double root = sqrt(var + call->args->eps);
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++) {
            b->d_in[0][i] += tensor_entry(call, ROLE_WEIGHT, c, 1) / root * b->d_out[i];
            tensor_learn(b, ROLE_WEIGHT, c, (call->in[0][i] - mean) / root * b->d_out[i]);
            tensor_learn(b, ROLE_BIAS, c, b->d_out[i]);
        }
    }
}

void reference_SCALE(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = c * pixels; i < (c + 1) * pixels; i++)
            call->out[i] = tensor_entry(call, ROLE_WEIGHT, c, 1) * call->in[0][i] + tensor_entry(call, ROLE_BIAS, c, 0);
}

/* d_x += w[c]*d_o, d_w[c] += sum of x*d_o, d_b[c] += sum of d_o */
void reference_backward_SCALE(const struct layer_backward *b)
{
    int64_t pixels = b->call.shape.h * b->call.shape.w;
    for (int64_t i = 0; i < b->call.shape.c * pixels; i++) {
        b->d_in[0][i] += tensor_entry(&b->call, ROLE_WEIGHT, i / pixels, 1) * b->d_out[i];
        tensor_learn(b, ROLE_WEIGHT, i / pixels, b->call.in[0][i] * b->d_out[i]);
        tensor_learn(b, ROLE_BIAS, i / pixels, b->d_out[i]);
    }
}

/* Numbers that are normalised together: `count`, from `first` on, `step` apart. */
struct set {
    int64_t first, count, step;
};

static void find_moments(const double *in, struct set set, double *mean, double *variance)
{
    *mean = *variance = 0;
    for (int64_t i = 0; i < set.count; i++)
        *mean += in[i * set.step] / (double)set.count;
    for (int64_t i = 0; i < set.count; i++)
        *variance += (in[i * set.step] - *mean) * (in[i * set.step] - *mean) / (double)set.count;
}

static void normalise(const struct layer_call *call, struct set set)
{
    const double *in = call->in[0] + set.first;
    double *out = call->out + set.first, eps = call->args->eps, mean, variance;
    int64_t step = set.step;
    find_moments(in, set, &mean, &variance);
    for (int64_t i = 0; i < set.count; i++)
        out[i * step] = (call->sizes ? fabs(in[i * step]) + fabs(mean) : in[i * step] - mean) / sqrt(variance + eps);
}

/* Which entry of the factors belongs to number i: there is one for each number, or one for each channel. */
static int64_t factor_of(const struct layer_call *call, int64_t i)
{
    const struct weight *weight = node_weight(call->node, ROLE_WEIGHT);
    bool by_element = weight && weight->count == shape_elements(call->shape);
    return by_element ? i : i / (call->shape.h * call->shape.w);
}

/* w*x + b in place */
static void transform(const struct layer_call *call)
{
    for (int64_t i = 0; i < shape_elements(call->shape); i++) {
        int64_t entry = factor_of(call, i);
        double w = tensor_entry(call, ROLE_WEIGHT, entry, 1), b = tensor_entry(call, ROLE_BIAS, entry, 0);
        call->out[i] = w * call->out[i] + b;
    }
}

/* With n = (x - m)/sqrt(v + eps), the result is w*n + b, and with g = w*d_o, where "mean" is over the set:
 *
 *   d_x += (g - mean of g - n*(mean of g*n))/sqrt(v + eps),  d_w += n*d_o,  d_b += d_o */
static void normalise_backward(const struct layer_backward *b, struct set set)
{
    const struct layer_call *call = &b->call;
    double mean, variance, mean_g = 0, mean_gn = 0;
    find_moments(call->in[0] + set.first, set, &mean, &variance);
    double root = sqrt(variance + call->args->eps);
    for (int64_t k = 0; k < set.count; k++) {
        int64_t i = set.first + k * set.step, entry = factor_of(call, i);
        double n = (call->in[0][i] - mean) / root, g = tensor_entry(call, ROLE_WEIGHT, entry, 1) * b->d_out[i];
        mean_g += g / (double)set.count;
        mean_gn += g * n / (double)set.count;
        tensor_learn(b, ROLE_WEIGHT, entry, n * b->d_out[i]);
        tensor_learn(b, ROLE_BIAS, entry, b->d_out[i]);
    }
    for (int64_t k = 0; k < set.count; k++) {
        int64_t i = set.first + k * set.step;
        double n = (call->in[0][i] - mean) / root;
        double g = tensor_entry(call, ROLE_WEIGHT, factor_of(call, i), 1) * b->d_out[i];
        b->d_in[0][i] += (g - mean_g - n * mean_gn) / root;
    }
}

/* How many sets LN, IN and GN have, and the one with number `index`. */
static int64_t count_sets(const struct layer_call *call)
{
    switch (call->node->kind) {
    case LAYER_IN: return call->shape.c;
    case LAYER_GN: return call->args->groups;
    default: return call->args->per_pixel ? call->shape.h * call->shape.w : 1;
    }
}

static struct set set_number(const struct layer_call *call, int64_t index)
{
    int64_t pixels = call->shape.h * call->shape.w;
    if (call->node->kind == LAYER_LN && call->args->per_pixel)
        return (struct set){index, call->shape.c, pixels};
    int64_t count = shape_elements(call->shape) / count_sets(call);
    return (struct set){index * count, count, 1};
}

static void normalise_sets(const struct layer_call *call)
{
    for (int64_t i = 0; i < count_sets(call); i++)
        normalise(call, set_number(call, i));
    transform(call);
}

static void normalise_sets_backward(const struct layer_backward *b)
{
    for (int64_t i = 0; i < count_sets(&b->call); i++)
        normalise_backward(b, set_number(&b->call, i));
}

void reference_LN(const struct layer_call *call)
{
    normalise_sets(call);
}

void reference_backward_LN(const struct layer_backward *b)
{
    normalise_sets_backward(b);
}

void reference_IN(const struct layer_call *call)
{
    normalise_sets(call);
}

void reference_backward_IN(const struct layer_backward *b)
{
    normalise_sets_backward(b);
}

void reference_GN(const struct layer_call *call)
{
    normalise_sets(call);
}

void reference_backward_GN(const struct layer_backward *b)
{
    normalise_sets_backward(b);
}

static double sum_of_squares(const double *pixel, int64_t step, int64_t from, int64_t to)
{
    double sum = 0;
    for (int64_t c = from; c < to; c++)
        sum += pixel[c * step] * pixel[c * step];
    return sum;
}

/* The channels [*from, *to) that channel c is divided by. */
static void channels_around(const struct layer_call *call, int64_t c, int64_t *from, int64_t *to)
{
    *from = c - call->args->size / 2;
    *to = c + (call->args->size - 1) / 2 + 1;
    *from = *from < 0 ? 0 : *from;
    *to = *to > call->shape.c ? call->shape.c : *to;
}

void reference_LRN(const struct layer_call *call)
{
    const struct layer_args *args = call->args;
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++) {
        int64_t from, to;
        channels_around(call, c, &from, &to);
        for (int64_t i = 0; i < pixels; i++) {
            double sum = sum_of_squares(call->in[0] + i, pixels, from, to);
            double x = call->in[0][c * pixels + i];
            call->out[c * pixels + i] = x / pow(args->k + args->alpha / (double)args->size * sum, args->beta);
        }
    }
}

/* With D[c] = k + alpha/size * s[c], o[c] = x[c]*D[c]^-beta, which depends on all x[j] around c:
 *
 *   d_x[c] += d_o[c]*D[c]^-beta
 *   d_x[j] -= 2*alpha*beta/size * d_o[c]*x[c]*D[c]^(-beta - 1) * x[j] */
void reference_backward_LRN(const struct layer_backward *b)
{
    const struct layer_args *args = b->call.args;
    int64_t pixels = b->call.shape.h * b->call.shape.w;
    double share = args->alpha / (double)args->size;
    for (int64_t c = 0; c < b->call.shape.c; c++) {
        int64_t from, to;
        channels_around(&b->call, c, &from, &to);
        for (int64_t i = 0; i < pixels; i++) {
            const double *x = b->call.in[0] + i;
            double d_out = b->d_out[c * pixels + i], base = args->k + share * sum_of_squares(x, pixels, from, to);
            double outer = 2 * share * args->beta * d_out * x[c * pixels] * pow(base, -args->beta - 1);
            b->d_in[0][c * pixels + i] += d_out * pow(base, -args->beta);
            for (int64_t j = from; j < to; j++)
                b->d_in[0][j * pixels + i] -= outer * x[j * pixels];
        }
    }
}
