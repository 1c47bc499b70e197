/* Makes the tensors of a quantised network: which layers become integers, the meaning of their results, weights with a
 * scale a filter, and biases that take back what rounding the weights changes on average. */
#include "quantise/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "pack/pack.h"
#include "quantise/multiplier.h"
#include "weights/weights.h"

struct making {
    const struct calibration *c;
    const struct op **ops;    /* by node id: the operation whose layer it is, `node' or folded in; NULL: none */
    struct node **readers;    /* by node id: the last that reads it */
    struct meaning *meanings; /* by node id: of the result */
    bool *integers;           /* by node id: is the result s8? */
    bool *bounded;            /* by node id: a RELU that another layer's bounds become */
    bool *shared;             /* by node id: it shares its weights with another layer */
    struct quantised_tensors *to;
};

/* ---- which layers ---- */

static bool is_kept(const struct calibration *c, const struct node *node)
{
    for (size_t i = 0; i < c->keep_count; i++)
        if (strcmp(c->keep[i], node->name) == 0 || strcmp(c->keep[i], type_label(c->arena, node)) == 0)
            return true;
    return false;
}

bool calibration_check(const struct calibration *c)
{
    for (size_t i = 0; i < c->keep_count; i++) {
        bool known = false;
        const char **names = ARENA_ARRAY(c->arena, const char *, c->graph->nodes.count + 1);
        for (size_t k = 0; k < c->graph->nodes.count; k++) {
            const struct node *node = c->graph->nodes.items[k];
            names[k] = node->name;
            known = known || strcmp(c->keep[i], node->name) == 0 || strcmp(c->keep[i], type_label(c->arena, node)) == 0;
        }
        if (known)
            continue;
        const char *near = text_nearest(c->keep[i], names, c->graph->nodes.count);
        struct message *m = diag_report_file(c->diag, CHECK_LABEL, NULL, "--keep-float=%s: no layer has this name",
                                             c->keep[i]);
        if (near)
            message_help(m, "did you mean '%s'? 'cnnc --summary' lists the layers", near);
        else
            message_help(m, "'cnnc --summary' lists the layers");
        return false;
    }
    return true;
}

/* Layers whose weights become integers. */
static bool has_integer_weights(const struct making *m, const struct node *node)
{
    return type_is_linear(node->kind) && !is_kept(m->c, node) && !m->shared[node->id] &&
           m->integers[node->inputs[0]->id] && m->ops[node->id] && m->ops[node->id]->node == node;
}

static bool is_folded(const struct making *m, const struct node *node)
{
    const struct op *op = m->ops[node->id];
    return op && op->node != node && type_is_affine(node->kind) && has_integer_weights(m, op->node);
}

static bool is_nothing(enum layer_kind kind)
{
    return kind == LAYER_OUTPUT || kind == LAYER_DROPOUT;
}

/* The RELU, RELU6 or CLIP that alone reads a layer's result; else the layer itself. */
static const struct node *end_of(const struct making *m, const struct node *node)
{
    const struct node *at = node;
    while (at->reader_count == 1 && !at->is_output) {
        const struct node *reader = m->readers[at->id];
        if (type_is_bounds(reader->kind) && !is_kept(m->c, reader))
            return reader;
        if (!is_folded(m, reader) && reader->kind != LAYER_DROPOUT)
            return node;
        at = reader;
    }
    return node;
}

static bool all_integers(const struct making *m, const struct node *node)
{
    for (size_t i = 0; i < node->input_count; i++)
        if (!m->integers[node->inputs[i]->id])
            return false;
    return node->input_count > 0;
}

/* ---- tensors ---- */

static const struct node *owner_of(const struct making *m, const struct node *node)
{
    return m->ops[node->id] ? m->ops[node->id]->output->node : node;
}

static const struct statistics *statistics_of(const struct making *m, const struct node *node)
{
    const struct statistics *s = &m->c->statistics[node->id];
    return s->known ? s : &m->c->statistics[owner_of(m, node)->id];
}

static void add(struct making *m, const char *name, enum element_type type, const struct weight *like, int64_t count,
                const void *numbers)
{
    struct held_tensor tensor = {{.name = name, .type = type, .rank = 1, .dims = {count}, .count = count}, numbers};
    if (like) {
        tensor.is.rank = like->rank;
        memcpy(tensor.is.dims, like->dims, sizeof tensor.is.dims);
    }
    VEC_PUSH(m->c->arena, &m->to->items, tensor);
}

static void add_meaning(struct making *m, const struct node *node, struct meaning meaning)
{
    struct arena *arena = m->c->arena;
    const char *label = type_label(arena, node);
    float *scale = ARENA_NEW(arena, float);
    signed char *zero = ARENA_NEW(arena, signed char);
    *scale = meaning.scale;
    *zero = (signed char)meaning.zero;
    add(m, arena_printf(arena, "%s.output_scale", label), ELEMENT_F32, NULL, 1, scale);
    add(m, arena_printf(arena, "%s.output_zero_point", label), ELEMENT_S8, NULL, 1, zero);
}

/* The result of `node' becomes s8 with a meaning of its own, or that of the RELU behind it. */
static void give_meaning(struct making *m, const struct node *node, const struct node *end)
{
    const struct meaning meaning = range_choose(statistics_of(m, end));
    for (const struct node *at = node; at != end; at = m->readers[at->id]) {
        m->meanings[at->id] = meaning;
        m->integers[at->id] = true;
    }
    m->meanings[end->id] = meaning;
    m->integers[end->id] = true;
    m->bounded[end->id] = end != node;
    add_meaning(m, end, meaning);
}

static bool add_floats(struct making *m, const struct node *node)
{
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        const struct weight *weight = &node->weights[i];
        if (weight->literal)
            continue;
        float *values = ARENA_ARRAY(m->c->arena, float, (size_t)weight->count + 1);
        if (!weights_read(m->c->weights, weight, values))
            return false;
        add(m, weight->name, ELEMENT_F32, weight, weight->count, values);
    }
    return true;
}

/* ---- weights ---- */

/* So that no filter's bias leaves less than half of 32 bits to its products. */
static double scale_of(const float *row, int64_t count, double bias, double input)
{
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)row[i]));
    const double by_bias = fabs(bias) / (input * (1 << 29));
    const double scale = (double)(float)fmax(most / 127, by_bias);
    return scale > 1e-30 ? scale : 1;
}

/* The mean of what weight i of a filter multiplies. */
static double mean_input(const struct making *m, const struct op *op, int64_t filter, int64_t i, int64_t row)
{
    const struct node *input = op->node->inputs[0];
    const struct statistics *s = statistics_of(m, input);
    const struct shape shape = op->inputs.items[0]->shape;
    if (!s->known || !s->means)
        return 0;
    if (op->kind == OP_DENSE) {
        const int64_t means = shape_elements(input->shape) / input->shape.c, c = i / means;
        return s->means[c < input->shape.c ? c : 0];
    }
    const int64_t channels = shape.c / op->groups, window = row / channels;
    return s->means[filter / (op->output->shape.c / op->groups) * channels + i / window];
}

/* Rounds the filter's weights; returns its bias, less what that changes on average. */
static double round_filter(const struct making *m, const struct op *op, int64_t filter, const float *row, int64_t count,
                           double scale, double bias, signed char *to)
{
    for (int64_t i = 0; i < count; i++) {
        const double steps = round((double)row[i] / scale), most = steps > 127 ? 127 : steps < -127 ? -127 : steps;
        to[type_weight_index(op->node, filter, i, count)] = (signed char)most;
        bias -= (most * scale - (double)row[i]) * mean_input(m, op, filter, i, count);
    }
    return bias;
}

static bool add_integers(struct making *m, const struct node *node)
{
    const struct op *op = m->ops[node->id];
    struct arena *arena = m->c->arena;
    struct folded folded;
    if (!fold_read(m->c->weights, op, &folded))
        return false;
    const struct weight *weight = node_weight(node, ROLE_WEIGHT);
    const int64_t filters = folded.filters, row = folded.row;
    const double input = (double)m->meanings[node->inputs[0]->id].scale;
    float *numbers = heap_array((size_t)row, sizeof *numbers), *scales = ARENA_ARRAY(arena, float, (size_t)filters);
    signed char *integers = ARENA_ARRAY(arena, signed char, (size_t)weight->count);
    int32_t *biases = ARENA_ARRAY(arena, int32_t, (size_t)filters);
    for (int64_t k = 0; k < filters; k++) {
        fold_row(&folded, k, numbers);
        const double scale = scale_of(numbers, row, folded.bias[k], input);
        const double bias = round_filter(m, op, k, numbers, row, scale, folded.bias[k], integers);
        const double steps = round(bias / (input * scale)), most = (double)(1 << 30);
        scales[k] = (float)scale;
        biases[k] = (int32_t)(steps > most ? most : steps < -most ? -most : steps);
    }
    const char *label = type_label(arena, node);
    add(m, arena_printf(arena, "%s.weight_scale", label), ELEMENT_F32, NULL, filters, scales);
    add(m, arena_printf(arena, "%s.bias", label), ELEMENT_S32, NULL, filters, biases);
    add(m, arena_printf(arena, "%s.weight", label), ELEMENT_S8, weight, weight->count, integers);
    m->to->layers++;
    free(numbers);
    fold_free(&folded);
    return true;
}

/* ---- all layers ---- */

/* Does it compute in integers, if its inputs are? A RELU behind floats is better computed in floats, too. */
static bool takes_integers(const struct making *m, const struct node *node)
{
    if (is_kept(m->c, node) || type_is_bounds(node->kind) || node->element == ELEMENT_S32)
        return false;
    return (type_is_linear(node->kind) && !m->shared[node->id]) || type_keeps_meaning(node) || type_has_table(node) ||
           node->kind == LAYER_ADD || node->kind == LAYER_SUB || node->kind == LAYER_MUL || node->kind == LAYER_MAX ||
           node->kind == LAYER_CONCAT;
}

static bool wants_integers(const struct making *m, const struct node *node)
{
    for (size_t i = (size_t)node->id + 1; i < m->c->graph->nodes.count; i++) {
        const struct node *reader = m->c->graph->nodes.items[i];
        for (size_t k = 0; k < reader->input_count; k++)
            if (reader->inputs[k] == node && takes_integers(m, reader))
                return true;
    }
    return false;
}

static void keep_meaning(struct making *m, const struct node *node)
{
    m->integers[node->id] = m->integers[node->inputs[0]->id];
    m->meanings[node->id] = m->meanings[node->inputs[0]->id];
}

/* The range of all branches. */
static void join(struct making *m, const struct node *node)
{
    double low = 0, high = 0;
    for (size_t i = 0; i < node->input_count; i++) {
        const struct meaning in = m->meanings[node->inputs[i]->id];
        low = fmin(low, (double)in.scale * (-128 - in.zero));
        high = fmax(high, (double)in.scale * (127 - in.zero));
    }
    m->meanings[node->id] = range_meaning(low, high);
    m->integers[node->id] = true;
    add_meaning(m, node, m->meanings[node->id]);
}

static bool is_mean_of_maps(const struct making *m, const struct node *node)
{
    const struct op *op = m->ops[node->id];
    return op && op->kind == OP_POOL && op->pool.whole && op->pool.kind == POOL_KIND_AVG && !op->pool.affine;
}

static bool compute_floats(struct making *m, const struct node *node)
{
    if (statistics_of(m, node)->known && wants_integers(m, node) && node->element != ELEMENT_S32)
        give_meaning(m, node, node);
    return add_floats(m, node);
}

static bool make(struct making *m, const struct node *node)
{
    const bool integers = all_integers(m, node) && !is_kept(m->c, node);
    const bool pair = (node->kind == LAYER_ADD || node->kind == LAYER_SUB || node->kind == LAYER_MUL) &&
                      node->input_count == 2;
    if (m->bounded[node->id])
        return true;
    if (is_nothing(node->kind) || is_folded(m, node)) {
        keep_meaning(m, node);
        return true;
    }
    if (has_integer_weights(m, node)) {
        give_meaning(m, node, end_of(m, node));
        return add_integers(m, node);
    }
    if (integers && is_mean_of_maps(m, node)) {
        give_meaning(m, node, node);
        return true;
    }
    if (integers && (type_keeps_meaning(node) || type_is_bounds(node->kind))) {
        keep_meaning(m, node);
        return true;
    }
    if (integers && (node->kind == LAYER_CONCAT || node->kind == LAYER_MAX)) {
        join(m, node);
        return true;
    }
    if (integers && pair) {
        give_meaning(m, node, end_of(m, node));
        return true;
    }
    if (integers && type_has_table(node)) {
        give_meaning(m, node, node);
        return true;
    }
    if (integers && node->kind == LAYER_SOFTMAX && m->c->integer_softmax) {
        m->meanings[node->id] = (struct meaning){1.0f / 256, -128, false};
        m->integers[node->id] = true;
        add_meaning(m, node, m->meanings[node->id]);
        return true;
    }
    return compute_floats(m, node);
}

/* Numbers that are wider come first, so that each lies at a multiple of its width. */
static void sort_by_width(struct arena *arena, struct quantised_tensors *tensors)
{
    struct quantised_tensors sorted = {.layers = tensors->layers};
    for (int64_t width = 4; width > 0; width /= 4)
        for (size_t i = 0; i < tensors->items.count; i++)
            if (element_bytes(tensors->items.items[i].is.type) == width)
                VEC_PUSH(arena, &sorted.items, tensors->items.items[i]);
    *tensors = sorted;
}

struct quantised_tensors *calibration_quantise(const struct calibration *c)
{
    const struct graph *graph = c->graph;
    const size_t count = graph->nodes.count + 1;
    struct making m = {.c = c,
                       .ops = ARENA_ARRAY(c->arena, const struct op *, count),
                       .readers = ARENA_ARRAY(c->arena, struct node *, count),
                       .meanings = ARENA_ARRAY(c->arena, struct meaning, count),
                       .integers = ARENA_ARRAY(c->arena, bool, count),
                       .bounded = ARENA_ARRAY(c->arena, bool, count),
                       .shared = ARENA_ARRAY(c->arena, bool, count),
                       .to = ARENA_NEW(c->arena, struct quantised_tensors)};
    for (size_t i = 0; i < c->list->ops.count; i++)
        for (size_t k = 0; c->list->ops.items[i]->kind != OP_OUTPUT && k < c->list->ops.items[i]->nodes.count; k++)
            m.ops[c->list->ops.items[i]->nodes.items[k]->id] = c->list->ops.items[i];
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i]->shares)
            m.shared[i] = m.shared[graph->nodes.items[i]->shares->id] = true;
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            m.readers[graph->nodes.items[i]->inputs[k]->id] = graph->nodes.items[i];
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (make(&m, node))
            continue;
        diag_report(c->diag, CHECK_WEIGHTS, node->span, "the weights of %s cannot be read", node->name);
        return NULL;
    }
    sort_by_width(c->arena, m.to);
    return m.to;
}
