/* The magnitudes of the terms that the layers' formulas add up, which tell verify/ how much float may lose. Layers
 * whose terms are products are evaluated again on absolute values; layers that add nothing have no terms. */
#include <math.h>
#include <stdlib.h>

#include "reference/layer.h"
#include "reference/reference.h"

struct terms {
    const struct node *node;
    const struct weights *weights;
    const double *const *in;
    const double *result;
    double *out;
};

static bool averages(const struct node *pool)
{
    return pool->args.pool == POOL_KIND_AVG || pool->args.pool == POOL_KIND_GAUSS;
}

/* The function that gives the sum of the terms' magnitudes when called with absolute values; NULL: there is none. */
static layer_function *sum_of_products(const struct node *node)
{
    switch (node->kind) {
    case LAYER_CONV: return reference_CONV;
    case LAYER_DWCONV: return reference_DWCONV;
    case LAYER_DECONV: return reference_DECONV;
    case LAYER_FC: return reference_FC;
    case LAYER_BN: return reference_BN;
    case LAYER_SCALE: return reference_SCALE;
    case LAYER_ADD:
    case LAYER_SUB: return reference_ADD;
    case LAYER_MEAN: return reference_MEAN;
    case LAYER_MATMUL: return reference_MATMUL;
    case LAYER_UPSAMPLE: return node->args.mode == UPSAMPLE_NEAREST ? NULL : reference_UPSAMPLE;
    case LAYER_POOL: return averages(node) ? reference_POOL : NULL;
    case LAYER_AVGPOOL: return reference_AVGPOOL;
    case LAYER_GAP: return reference_GAP;
    case LAYER_REDUCE:
        return node->args.reducing == REDUCING_MEAN || node->args.reducing == REDUCING_SUM ? reference_REDUCE : NULL;
    default: return NULL;
    }
}

static bool add_products(const struct terms *t, layer_function *function)
{
    const struct node *node = t->node;
    double **sizes = heap_array(node->input_count, sizeof *sizes);
    for (size_t i = 0; i < node->input_count; i++) {
        int64_t count = shape_elements(node->inputs[i]->shape);
        sizes[i] = heap_array((size_t)count, sizeof **sizes);
        for (int64_t k = 0; k < count; k++)
            sizes[i][k] = fabs(t->in[i][k]);
    }
    bool right = reference_apply(function, true, node, t->weights, (const double *const *)sizes, t->out);
    for (size_t i = 0; i < node->input_count; i++)
        free(sizes[i]);
    free(sizes);
    return right;
}

/* The trainable bias of a pool that takes a maximum or a root, neither of which cancels anything. */
static void add_bias(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t i = 0; i < call->shape.c * pixels; i++) {
        double bias = tensor_entry(call, ROLE_BIAS, i / pixels, 0);
        call->out[i] = bias == 0 ? 0 : fabs(call->in[0][i]) + 2 * bias; /* |(x + b) - b| + |b| at most */
    }
}

/* The formulas that add a number x of the input, its result y and constants. */
static double size_of(const struct node *node, int64_t channel, double x, double y)
{
    double step = fmin(fabs(x) / 6 + 0.5, 1); /* of x/6 + 1/2, cut off at 0 and 1 */
    switch (node->kind) {
    case LAYER_INPUT:
        return (node->args.mean ? fabs(x) + fabs(node->args.mean[channel]) : 0) *
               (node->args.scale ? fabs(node->args.scale[channel]) : 1);
    case LAYER_GELU: return fabs(x); /* 0.5*x*(1 + erf(x/sqrt(2))) */
    case LAYER_HARDSIGMOID: return y > 0 && y < 1 ? step : 0;
    case LAYER_HARDSWISH: return y != 0 && y != x ? fabs(x) * step : 0;
    case LAYER_LOGSOFTMAX: return fabs(x) + fabs(x - y);
    default: return 0;
    }
}

/* How far the results on both sides of the nearest jump are apart, if float may have put x on the wrong one; where
 * it is the jump itself, float has it exactly. */
static double jump_of(const struct node *node, double x, double reach)
{
    const double limit = node->args.a;
    double place = 0, height = 1;
    switch (node->kind) {
    case LAYER_FLOOR:
    case LAYER_CEIL: place = floor(x + 0.5); break;
    case LAYER_ROUND: place = floor(x) + 0.5; break;
    case LAYER_SHRINK:
        place = x > 0 ? limit : -limit;
        height = fabs(limit - node->args.b);
        break;
    case LAYER_THRESHOLD:
        place = limit;
        height = fabs(limit - node->args.b);
        break;
    case LAYER_ABOVE:
    case LAYER_BELOW:
    case LAYER_EQUALS: place = (double)(float)limit; break;
    default: break;
    }
    return x != place && fabs(x - place) <= reach ? height : 0;
}

static const double unit = 1.0 / (1 << 24), near = 1.0 / (1 << 16); /* of the largest number, what sums may lose */

/* How far off float may have a number of the operand. */
static double reach_of(const struct terms *t, size_t operand)
{
    const int64_t count = shape_elements(t->node->inputs[operand]->shape);
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = isfinite(t->in[operand][i]) ? fmax(most, fabs(t->in[operand][i])) : most;
    return near * most;
}

static void add_jumps(const struct terms *t)
{
    const int64_t count = shape_elements(t->node->shape);
    const double reach = reach_of(t, 0);
    for (int64_t i = 0; i < count; i++)
        t->out[i] = jump_of(t->node, t->in[0][i], reach) / unit;
}

/* Number i of the result in an operand, which repeats along the axes on which it has size 1. */
static double operand_at(const struct terms *t, size_t operand, int64_t i)
{
    const struct shape whole = t->node->shape, s = t->node->inputs[operand]->shape;
    const int64_t x = i % whole.w, y = i / whole.w % whole.h, c = i / whole.w / whole.h;
    return t->in[operand][tensor_at(s, s.c == 1 ? 0 : c, s.h == 1 ? 0 : y, s.w == 1 ? 0 : x)];
}

/* A comparison of two numbers that float may have the other way round; a choice by a number that it may not have as
 * 0. Numbers that are equal, and a 0, are so in float, too. */
static void add_choices(const struct terms *t)
{
    const bool where = t->node->kind == LAYER_WHERE;
    const double reach = reach_of(t, 0) + (where ? 0 : reach_of(t, 1));
    for (int64_t i = 0; i < shape_elements(t->node->shape); i++) {
        const double distance = fabs(operand_at(t, 0, i) - (where ? 0 : operand_at(t, 1, i)));
        const double height = where ? fabs(operand_at(t, 1, i) - operand_at(t, 2, i)) : 1;
        t->out[i] = distance > 0 && distance <= reach ? height / unit : 0;
    }
}

/* A number that is nearly as large may be the largest in float. */
static void add_places(const struct terms *t)
{
    const struct shape in = t->node->inputs[0]->shape, out = t->node->shape;
    const int64_t length = shape_elements(in) / shape_elements(out);
    const int64_t step = t->node->args.over == OVER_C ? in.h * in.w : t->node->args.over == OVER_H ? in.w : 1;
    const double reach = 2 * reach_of(t, 0);
    for (int64_t i = 0; i < shape_elements(out); i++) {
        const int64_t first = i / step * step * length + i % step, place = (int64_t)t->result[i];
        double furthest = 0;
        for (int64_t k = 0; k < length; k++)
            if (t->in[0][first + k * step] >= t->in[0][first + place * step] - reach)
                furthest = fmax(furthest, fabs((double)(k - place)));
        t->out[i] = furthest / unit;
    }
}

static void add_numbers(const struct terms *t)
{
    const struct shape shape = t->node->shape;
    for (int64_t i = 0; i < shape_elements(shape); i++)
        t->out[i] = size_of(t->node, i / (shape.h * shape.w), t->in[0][i], t->result[i]);
}

bool reference_terms(const struct node *node, const struct weights *weights, const double *const in[],
                     const double *result, double *out)
{
    struct terms t = {node, weights, in, result, out};
    layer_function *products = sum_of_products(node);
    if (products)
        return add_products(&t, products);
    switch (node->kind) {
    case LAYER_LN: return reference_apply(reference_LN, true, node, weights, in, out);
    case LAYER_IN: return reference_apply(reference_IN, true, node, weights, in, out);
    case LAYER_GN: return reference_apply(reference_GN, true, node, weights, in, out);
    case LAYER_POOL:
    case LAYER_MAXPOOL:
    case LAYER_L2POOL: return reference_apply(add_bias, true, node, weights, &result, out);
    case LAYER_FLOOR:
    case LAYER_CEIL:
    case LAYER_ROUND:
    case LAYER_SIGN:
    case LAYER_SHRINK:
    case LAYER_THRESHOLD:
    case LAYER_ABOVE:
    case LAYER_BELOW:
    case LAYER_EQUALS: add_jumps(&t); return true;
    case LAYER_LESS:
    case LAYER_GREATER:
    case LAYER_EQUAL:
    case LAYER_WHERE: add_choices(&t); return true;
    case LAYER_ARGMAX: add_places(&t); return true;
    case LAYER_INPUT:
    case LAYER_GELU:
    case LAYER_HARDSIGMOID:
    case LAYER_HARDSWISH:
    case LAYER_LOGSOFTMAX: add_numbers(&t); return true;
    default:
        /* A product of many numbers may have passed through denormal ones. */
        for (int64_t i = 0; i < shape_elements(node->shape); i++)
            out[i] = node->kind == LAYER_REDUCE && node->args.reducing == REDUCING_PROD ? 1e-30 : 0;
        return true;
    }
}
