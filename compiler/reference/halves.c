/* Weights as half floats hold them, for the evaluator. */
#include "reference/halves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weights/weights.h"

/* To 11 significant bits, fewer below 2^-14; what is too large becomes 65504. Rounding is to the nearest, of two to the
 * even one, which nearbyint does. */
static double rounded(double x)
{
    enum { DIGITS = 11, LEAST_EXPONENT = -24 };
    static const double most = 65504;
    int exponent;
    if (!isfinite(x) || x == 0)
        return x;
    frexp(x, &exponent);
    exponent = exponent - DIGITS > LEAST_EXPONENT ? exponent - DIGITS : LEAST_EXPONENT;
    const double nearest = ldexp(nearbyint(ldexp(x, -exponent)), exponent);
    return fabs(nearest) > most ? copysign(most, x) : nearest;
}

struct change {
    const struct half_layer *layers;
    size_t count;
    const struct weight **weights; /* of each layer */
    const struct weights *before;
};

/* What a BN or SCALE multiplies filter k's result by; false if a weight cannot be read. */
static bool multiply(const struct weights *weights, const struct node *node, int64_t filters, double *factors)
{
    const struct weight *scale = node_weight(node, ROLE_WEIGHT), *variance = node_weight(node, ROLE_VAR);
    float *numbers = heap_array((size_t)filters, sizeof *numbers);
    bool right = !scale || weights_read(weights, scale, numbers);
    for (int64_t k = 0; right && scale && k < filters; k++)
        factors[k] *= (double)numbers[scale->count == 1 ? 0 : k];
    right = right && (!variance || weights_read(weights, variance, numbers));
    for (int64_t k = 0; right && variance && k < filters; k++)
        factors[k] /= sqrt((double)numbers[variance->count == 1 ? 0 : k] + node->args.eps);
    free(numbers);
    return right;
}

/* The filter, and the channel of the network's input, that weight i belongs to. */
static void place_of(const struct half_layer *layer, const struct weight *weight, int64_t i, int64_t *filter,
                     int64_t *channel)
{
    const struct node *node = layer->node;
    const int64_t filters = node->shape.c, channels = node->inputs[0]->shape.c, row = weight->count / filters;
    if (node->kind == LAYER_FC || node->kind == LAYER_RBF) {
        *filter = i / row;
        *channel = layer->scale ? i % row / (row / layer->channels) : 0;
        return;
    }
    const int64_t window = node->args.window.h * node->args.window.w, kernel = i / window;
    if (node->kind == LAYER_DECONV) {
        const int64_t of_group = filters / node->args.groups;
        *channel = kernel / of_group;
        *filter = *channel / (channels / node->args.groups) * of_group + kernel % of_group;
        return;
    }
    const int64_t groups = node->kind == LAYER_DWCONV ? channels : node->args.groups, seen = channels / groups;
    *filter = kernel / seen;
    *channel = *filter / (filters / groups) * seen + kernel % seen;
}

static bool change_layer(const struct change *change, const struct half_layer *layer, const struct weight *weight,
                         float *values)
{
    const struct node *node = layer->node;
    double *factors = heap_array((size_t)node->shape.c, sizeof *factors);
    bool right = true;
    for (int64_t k = 0; k < node->shape.c; k++)
        factors[k] = 1;
    for (size_t i = 0; i < layer->folded.count && right; i++)
        right = multiply(change->before, layer->folded.items[i], node->shape.c, factors);
    for (int64_t i = 0; i < weight->count && right; i++) {
        int64_t filter, channel;
        place_of(layer, weight, i, &filter, &channel);
        const double factor = factors[filter] * (layer->scale ? layer->scale[channel] : 1);
        if (factor != 0) /* else the product is zero, whatever the weight is */
            values[i] = (float)(rounded((double)(float)((double)values[i] * factor)) / factor);
    }
    free(factors);
    return right;
}

static bool change_weight(void *context, const struct weight *weight, float *values)
{
    const struct change *change = context;
    for (size_t i = 0; i < change->count; i++)
        if (change->weights[i] == weight)
            return change_layer(change, &change->layers[i], weight, values);
    return true;
}

/* The layer with tensors of its own: others may share them, and have other factors. */
static struct node *copy_of(struct arena *arena, const struct node *node, const struct weight **weight)
{
    struct node *copy = ARENA_NEW(arena, struct node);
    *copy = *node;
    copy->weights = ARENA_ARRAY(arena, struct weight, node->weight_count + 1);
    memcpy(copy->weights, node->weights, node->weight_count * sizeof *copy->weights);
    *weight = node_weight(copy, ROLE_WEIGHT);
    return copy;
}

struct halves reference_halves(struct arena *arena, const struct graph *graph, const struct weights *weights,
                               const struct half_layer *layers, size_t count)
{
    struct graph *copy = ARENA_NEW(arena, struct graph);
    struct change *change = ARENA_NEW(arena, struct change);
    *copy = *graph;
    memset(&copy->nodes, 0, sizeof copy->nodes);
    for (size_t i = 0; i < graph->nodes.count; i++)
        VEC_PUSH(arena, &copy->nodes, graph->nodes.items[i]);
    *change = (struct change){layers, count, ARENA_ARRAY(arena, const struct weight *, count + 1), weights};
    for (size_t i = 0; i < count; i++)
        copy->nodes.items[layers[i].node->id] = copy_of(arena, layers[i].node, &change->weights[i]);
    return (struct halves){copy, weights_changed(arena, weights, change_weight, change)};
}
