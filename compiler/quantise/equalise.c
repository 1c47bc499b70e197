/* Finds the pairs of layers, and what each channel between them is multiplied by. */
#include "quantise/equalise.h"

#include <math.h>
#include <string.h>

#include "weights/weights.h"

enum { MOST_EXPONENT = 16 /* a channel that is smaller still is hardly there */ };

struct equalising {
    const struct calibration *c;
    const struct op **ops; /* by node id: the operation whose own layer it is; NULL: none */
    struct node **readers; /* by node id: the last that reads it */
    bool *shared;          /* by node id: it shares its weights with another layer */
    struct VEC(const struct weight *) tensors;
    struct VEC(float *) values; /* of these */
};

/* ---- pairs of layers ---- */

/* Does a channel's factor pass through? That of RELU6 does not: its bound is at 6. */
static bool passes(const struct node *node)
{
    switch (node->kind) {
    case LAYER_RELU:
    case LAYER_LEAKY:
    case LAYER_DROPOUT: return true;
    case LAYER_FLATTEN: return true;
    case LAYER_GAP:
    case LAYER_GMP:
    case LAYER_MAXPOOL:
    case LAYER_AVGPOOL:
    case LAYER_POOL: return type_keeps_meaning(node);
    default: return false;
    }
}

static bool is_kept(const struct calibration *c, const struct node *node)
{
    for (size_t i = 0; i < c->keep_count; i++)
        if (strcmp(c->keep[i], node->name) == 0 || strcmp(c->keep[i], type_label(c->arena, node)) == 0)
            return true;
    return false;
}

/* Has it weights that can be multiplied: its own, of all channels or of each by itself? */
static bool can_change(const struct equalising *e, const struct op *op)
{
    const struct weight *weight = op_is_linear(op) ? node_weight(op->node, ROLE_WEIGHT) : NULL;
    return weight && !weight->literal && !e->shared[op->node->id] && !op->connect && !is_kept(e->c, op->node) &&
           (op->groups == 1 || op_is_depthwise(op));
}

/* The layer with weights that alone reads the operation's result, and the layer of that result which is quantised. */
static const struct op *second_of(const struct equalising *e, const struct op *op, const struct node **between)
{
    const struct node *at = op->output->node;
    *between = at;
    while (at->reader_count == 1 && !at->is_output) {
        const struct node *reader = e->readers[at->id];
        const struct op *next = e->ops[reader->id];
        if (next && can_change(e, next))
            return next;
        if (!passes(reader))
            return NULL;
        if (*between == op->output->node && reader->kind != LAYER_DROPOUT && reader->kind != LAYER_FLATTEN)
            *between = reader;
        at = reader;
    }
    return NULL;
}

/* ---- tensors ---- */

static float *numbers_of(struct equalising *e, const struct weight *weight)
{
    for (size_t i = 0; i < e->tensors.count; i++)
        if (e->tensors.items[i] == weight)
            return e->values.items[i];
    float *values = ARENA_ARRAY(e->c->arena, float, (size_t)weight->count + 1);
    if (!weights_read(e->c->weights, weight, values))
        return NULL;
    VEC_PUSH(e->c->arena, &e->tensors, weight);
    VEC_PUSH(e->c->arena, &e->values, values);
    return values;
}

/* What multiplies the first layer's results: its own tensors, or those of the last BN or SCALE folded into it. */
static const struct node *last_of(const struct op *op)
{
    return op->folded.count ? op->folded.items[op->folded.count - 1]->node : op->node;
}

static bool is_one_a_channel(const struct weight *weight, int64_t channels)
{
    return weight && !weight->literal && weight->count % channels == 0;
}

static bool can_scale(const struct equalising *e, const struct op *op)
{
    const struct node *last = last_of(op);
    const struct weight *bias = node_weight(last, ROLE_BIAS);
    const int64_t channels = op->output->shape.c;
    return !e->shared[last->id] && is_one_a_channel(node_weight(last, ROLE_WEIGHT), channels) &&
           (!bias || is_one_a_channel(bias, channels));
}

/* The filter of a number of a tensor whose first axis is filters, or of a transposed convolution. */
static int64_t filter_of(const struct op *op, const struct weight *weight, int64_t i)
{
    if (op->kind != OP_TRANSPOSED || weight->rank != 4)
        return i / (weight->count / op->output->shape.c);
    const int64_t taps = weight->dims[2] * weight->dims[3];
    return op_is_depthwise(op) ? i / taps : i / taps % weight->dims[1];
}

static bool scale_results(struct equalising *e, const struct op *op, const int *exponents)
{
    static const enum weight_role roles[] = {ROLE_WEIGHT, ROLE_BIAS};
    for (size_t r = 0; r < 2; r++) {
        const struct weight *weight = node_weight(last_of(op), roles[r]);
        float *values = weight ? numbers_of(e, weight) : NULL;
        if (weight && !values)
            return false;
        for (int64_t i = 0; weight && i < weight->count; i++)
            values[i] = ldexpf(values[i], exponents[filter_of(op, weight, i)]);
    }
    return true;
}

/* The channel of the input, of which there are so many, that number i of the weights multiplies. */
static int64_t channel_of(const struct op *op, const struct weight *weight, int64_t channels, int64_t i)
{
    const int64_t row = weight->count / op->output->shape.c;
    if (op_is_depthwise(op))
        return i / (weight->count / channels);
    if (op->kind == OP_TRANSPOSED)
        return i / (weight->count / channels);
    return i % row / (row / channels);
}

static bool scale_weights(struct equalising *e, const struct op *op, int64_t channels, const int *exponents)
{
    const struct weight *weight = node_weight(op->node, ROLE_WEIGHT);
    float *values = numbers_of(e, weight);
    for (int64_t i = 0; values && i < weight->count; i++)
        values[i] = ldexpf(values[i], -exponents[channel_of(op, weight, channels, i)]);
    return values != NULL;
}

/* ---- one pair ---- */

/* By which power of two each channel is multiplied, so that all are about as large as the largest. False: they are
 * alike, or nothing is known. */
static bool find_exponents(const struct statistics *s, int64_t channels, int *exponents)
{
    double most = 0, least = (double)INFINITY;
    int largest;
    for (int64_t c = 0; s->known && s->sizes && c < channels; c++) {
        most = fmax(most, s->sizes[c]);
        least = s->sizes[c] > 0 ? fmin(least, s->sizes[c]) : least;
    }
    if (!(most >= EQUALISE_LEAST * least))
        return false;
    frexp(most, &largest);
    for (int64_t c = 0; c < channels; c++) {
        int exponent = largest;
        if (s->sizes[c] > 0)
            frexp(s->sizes[c], &exponent);
        exponents[c] = largest - exponent < MOST_EXPONENT ? largest - exponent : MOST_EXPONENT;
    }
    return true;
}

/* False: a tensor cannot be read. */
static bool equalise_pair(struct equalising *e, const struct op *first, int64_t *layers)
{
    const struct node *between = NULL;
    const struct op *second = can_change(e, first) && can_scale(e, first) ? second_of(e, first, &between) : NULL;
    if (!second)
        return true;
    const int64_t channels = first->output->shape.c;
    int *exponents = ARENA_ARRAY(e->c->arena, int, (size_t)channels);
    if (!find_exponents(&e->c->statistics[between->id], channels, exponents))
        return true;
    ++*layers;
    return scale_results(e, first, exponents) && scale_weights(e, second, channels, exponents);
}

struct weights *equalise(const struct calibration *c, int64_t *layers)
{
    const struct graph *graph = c->graph;
    const size_t count = graph->nodes.count + 1;
    struct equalising e = {.c = c,
                           .ops = ARENA_ARRAY(c->arena, const struct op *, count),
                           .readers = ARENA_ARRAY(c->arena, struct node *, count),
                           .shared = ARENA_ARRAY(c->arena, bool, count)};
    *layers = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        struct node *node = graph->nodes.items[i];
        if (node->shares)
            e.shared[i] = e.shared[node->shares->id] = true;
        for (size_t k = 0; k < node->input_count; k++)
            e.readers[node->inputs[k]->id] = node;
    }
    for (size_t i = 0; i < c->list->ops.count; i++)
        if (op_is_linear(c->list->ops.items[i]))
            e.ops[c->list->ops.items[i]->node->id] = c->list->ops.items[i];
    for (size_t i = 0; i < c->list->ops.count; i++)
        if (op_is_linear(c->list->ops.items[i]) && !equalise_pair(&e, c->list->ops.items[i], layers))
            return NULL;
    return *layers ? weights_overlaid(c->arena, c->weights, e.tensors.items, (const float *const *)e.values.items,
                                      e.tensors.count)
                   : NULL;
}
