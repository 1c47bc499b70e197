/* The numbers of the thinner graph: of each tensor what belongs to channels that are still there. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "quantise/linear.h"
#include "quantise/quantise.h"
#include "quantise/types.h"
#include "thin/network.h"
#include "weights/weights.h"

/* ---- parts of tensors ---- */

/* One axis of a tensor, in pieces of so many numbers: which pieces are kept; index NULL: all. */
struct axis_part {
    int64_t count;
    const int64_t *index;
    int64_t piece; /* entries of the axis that belong to one channel */
};

static int64_t length_of(const struct axis_part *axis)
{
    return axis->count * axis->piece;
}

static int64_t entry_of(const struct axis_part *axis, int64_t i)
{
    return axis->index ? axis->index[i / axis->piece] * axis->piece + i % axis->piece : i;
}

/* A tensor as [first axis][second axis][the rest]. */
struct cut {
    struct axis_part first, second;
    int64_t whole_second, rest; /* lengths of the second axis before, and of what follows it */
};

static struct axis_part part_of(const struct thinned *t, const struct node *node)
{
    const struct thin_channels *channels = &t->nodes[node->id];
    return (struct axis_part){channels->kept, channels->index, 1};
}

static struct axis_part all_of(int64_t count)
{
    return (struct axis_part){count, NULL, 1};
}

/* Of the tensor of a layer with weights: filters and channels of the input. */
static struct cut cut_linear(const struct thinned *t, const struct node *whole, const struct weight *weight)
{
    struct axis_part out = part_of(t, whole), in = part_of(t, whole->inputs[0]);
    if (whole->kind == LAYER_FC) {
        const struct shape shape = whole->inputs[0]->shape;
        in.piece = shape.h * shape.w;
        return (struct cut){out, in, shape_elements(shape), 1};
    }
    const int64_t rest = weight->dims[2] * weight->dims[3];
    if (whole->kind == LAYER_DECONV)
        return (struct cut){in, whole->args.groups == 1 ? out : all_of(weight->dims[1]), weight->dims[1], rest};
    return (struct cut){out, whole->args.groups == 1 && whole->kind != LAYER_DWCONV ? in : all_of(weight->dims[1]),
                        weight->dims[1], rest};
}

static bool has_channels_of_input(const struct node *node, enum weight_role role)
{
    return role == ROLE_WEIGHT && type_is_linear(node->kind);
}

static struct cut cut_of(const struct thinned *t, const struct node *whole, const struct weight *weight)
{
    if (has_channels_of_input(whole, weight->role))
        return cut_linear(t, whole, weight);
    const struct axis_part one = weight->count == whole->shape.c ? part_of(t, whole) : all_of(weight->count);
    return (struct cut){one, all_of(1), 1, 1};
}

static int64_t count_of(const struct cut *cut)
{
    return length_of(&cut->first) * length_of(&cut->second) * cut->rest;
}

/* Where number i of the part is in the whole. */
static int64_t place_of(const struct cut *cut, int64_t i)
{
    const int64_t second = length_of(&cut->second);
    const int64_t a = entry_of(&cut->first, i / cut->rest / second), b = entry_of(&cut->second, i / cut->rest % second);
    return (a * cut->whole_second + b) * cut->rest + i % cut->rest;
}

/* Does the layer have another tensor of that role now? */
static bool is_cut(const struct thinned *t, const struct node *whole)
{
    return !whole->shares && t->graph->nodes.items[whole->id]->weights != whole->weights;
}

static float *cut_floats(struct arena *arena, const struct thinned *t, const struct node *whole,
                         const struct weight *weight)
{
    const struct cut cut = cut_of(t, whole, weight);
    const int64_t count = count_of(&cut);
    float *values = heap_array((size_t)weight->count, sizeof *values), *part = NULL;
    if (weights_read(t->whole_weights, weight, values))
        part = ARENA_ARRAY(arena, float, count + 1);
    for (int64_t i = 0; part && i < count; i++)
        part[i] = values[place_of(&cut, i)];
    free(values);
    return part;
}

struct weights *network_floats(struct arena *arena, const struct thinned *t)
{
    struct VEC(const struct weight *) tensors = {0};
    struct VEC(const float *) values = {0};
    for (size_t i = 0; i < t->whole->nodes.count; i++) {
        const struct node *whole = t->whole->nodes.items[i], *node = t->graph->nodes.items[i];
        for (size_t k = 0; is_cut(t, whole) && k < whole->weight_count; k++) {
            const float *part = cut_floats(arena, t, whole, &whole->weights[k]);
            if (!part)
                return NULL;
            VEC_PUSH(arena, &tensors, node_weight(node, whole->weights[k].role));
            VEC_PUSH(arena, &values, part);
        }
    }
    return weights_overlaid(arena, t->whole_weights, tensors.items, values.items, tensors.count);
}

/* ---- what channels that are gone leave in biases ---- */

static void add_up(const struct ranges *ranges, const struct thin_channels *channels, const struct linear *l,
                   double *summands)
{
    const struct value *in = l->op->inputs.items[0];
    const int64_t taps = l->row / in->shape.c;
    bool *kept = heap_array((size_t)in->shape.c, sizeof *kept);
    for (int64_t i = 0; i < channels->kept; i++)
        kept[channels->index[i]] = true;
    for (int64_t k = 0; k < l->filters; k++)
        for (int64_t i = 0; i < l->row; i++)
            if (!kept[i / taps])
                summands[k] += l->weight[k * l->row + i] * (ranges->of[in->id][i / taps].low - value_zero(in));
    free(kept);
}

bool network_summands(const struct ranges *ranges, const struct thinned *t, const struct op *op, double **summands)
{
    const struct thin_channels *channels = &t->nodes[op->node->inputs[0]->id];
    struct linear l;
    *summands = NULL;
    if (!channels->index || op->groups != 1)
        return true;
    const bool read = linear_read(ranges->arena, ranges->types, op, &l);
    if (read) {
        *summands = ARENA_ARRAY(ranges->arena, double, l.filters);
        add_up(ranges, channels, &l, *summands);
    }
    linear_free(&l);
    return read;
}

/* ---- integers ---- */

struct collecting {
    struct arena *arena;
    const struct thinned *t;
    struct VEC(struct held_tensor) tensors;
};

static void put(struct collecting *c, struct named_tensor is, const double *values)
{
    const int64_t width = element_bytes(is.type);
    unsigned char *numbers = ARENA_ARRAY(c->arena, unsigned char, (size_t)(is.count * width) + 1);
    for (int64_t i = 0; i < is.count; i++)
        switch (is.type) {
        case ELEMENT_S8: ((signed char *)numbers)[i] = (signed char)values[i]; break;
        case ELEMENT_S32: memcpy(numbers + i * width, &(int32_t){(int32_t)values[i]}, sizeof(int32_t)); break;
        default: memcpy(numbers + i * width, &(float){(float)values[i]}, sizeof(float)); break;
        }
    VEC_PUSH(c->arena, &c->tensors, ((struct held_tensor){is, numbers}));
}

/* The layer that the tensor belongs to by its name, and as what. */
struct place {
    const struct node *node;
    const char *suffix;
};

static struct place place_by_name(const struct map *labels, struct arena *arena, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot)
        return (struct place){NULL, NULL};
    return (struct place){map_get(labels, arena_copy(arena, name, (size_t)(dot - name))), dot + 1};
}

static struct named_tensor resized(struct named_tensor is, int64_t count, const struct weight *weight)
{
    is.count = count;
    is.rank = weight ? weight->rank : 1;
    is.dims[0] = count;
    for (int i = 0; weight && i < weight->rank; i++)
        is.dims[i] = weight->dims[i];
    return is;
}

/* One tensor of a layer with integers, without the channels that are gone. */
static void put_part(struct collecting *c, const struct named_tensor *is, const struct place *place,
                     const double *values, const double *summands)
{
    const struct node *whole = place->node, *node = c->t->graph->nodes.items[whole->id];
    const bool weight = strcmp(place->suffix, "weight") == 0, bias = strcmp(place->suffix, "bias") == 0;
    struct cut cut = {all_of(is->count), all_of(1), 1, 1};
    if (weight)
        cut = cut_linear(c->t, whole, node_weight(whole, ROLE_WEIGHT));
    else if (is->count == whole->shape.c)
        cut.first = part_of(c->t, whole);
    const int64_t count = count_of(&cut);
    double *part = heap_array((size_t)count + 1, sizeof *part);
    for (int64_t i = 0; i < count; i++) {
        const int64_t from = place_of(&cut, i);
        part[i] = values[from] + (bias && summands ? summands[from] : 0);
    }
    put(c, resized(*is, count, weight ? node_weight(node, ROLE_WEIGHT) : NULL), part);
    free(part);
}

/* A layer without a bias may have one now. */
static void put_new_bias(struct collecting *c, const struct node *whole, const double *summands)
{
    const char *label = c->t->whole_types->nodes[whole->id].label;
    const char *name = arena_printf(c->arena, "%s.bias", label);
    if (!summands || weights_find(c->t->whole_weights, name))
        return;
    const struct place place = {whole, "bias"};
    const struct named_tensor is = {.name = name, .type = ELEMENT_S32, .rank = 1, .count = whole->shape.c};
    double *zeros = heap_array((size_t)whole->shape.c, sizeof *zeros);
    put_part(c, &is, &place, zeros, summands);
    free(zeros);
}

static struct map find_labels(struct arena *arena, const struct thinned *t)
{
    struct map labels = {0};
    for (size_t i = 0; i < t->whole->nodes.count; i++) {
        struct node *node = t->whole->nodes.items[i];
        const struct named_tensor *weight = type_tensor(arena, t->whole_types, node, "weight");
        if (type_is_linear(node->kind) && !node->shares && weight && weight->type == ELEMENT_S8)
            map_set(arena, &labels, t->whole_types->nodes[i].label, node);
    }
    return labels;
}

/* Floats of the graph, by the names that the graph has for them. */
static bool put_floats(struct collecting *c)
{
    for (size_t i = 0; i < c->t->whole->nodes.count; i++) {
        const struct node *whole = c->t->whole->nodes.items[i];
        for (size_t k = 0; !whole->shares && k < whole->weight_count; k++) {
            const struct weight *weight = &whole->weights[k];
            if ((weight->literal && !is_cut(c->t, whole)) || !weights_have(c->t->whole_weights, weight))
                continue;
            const struct cut cut = cut_of(c->t, whole, weight);
            const float *part = cut_floats(c->arena, c->t, whole, weight);
            if (!part)
                return false;
            const struct named_tensor is = {
                .name = weight->name, .type = ELEMENT_F32, .rank = 1, .count = count_of(&cut)};
            VEC_PUSH(c->arena, &c->tensors, ((struct held_tensor){is, part}));
        }
    }
    return true;
}

/* Integers and scales; other floats are the graph's. */
static bool is_of_quantisation(const struct named_tensor *is)
{
    const char *dot = strrchr(is->name, '.');
    const bool scale = dot && (strcmp(dot, ".weight_scale") == 0 || strcmp(dot, ".output_scale") == 0);
    return is->type == ELEMENT_S8 || is->type == ELEMENT_S32 || (is->type == ELEMENT_F32 && scale);
}

static bool put_named(struct collecting *c, const struct map *labels, const struct named_tensor *is,
                      double *const *summands)
{
    const struct place place = place_by_name(labels, c->arena, is->name);
    double *values = heap_array((size_t)is->count + 1, sizeof *values);
    const bool read = weights_read_exactly(c->t->whole_weights, is, values);
    if (read && place.node)
        put_part(c, is, &place, values, summands[place.node->id]);
    else if (read)
        put(c, *is, values);
    free(values);
    return read;
}

struct weights *network_integers(struct arena *arena, const struct thinned *t, double *const *summands)
{
    struct collecting c = {.arena = arena, .t = t};
    const struct map labels = find_labels(arena, t);
    for (size_t i = 0; i < weights_named_count(t->whole_weights); i++) {
        const struct named_tensor *is = weights_named_at(t->whole_weights, i);
        if (is_of_quantisation(is) && !put_named(&c, &labels, is, summands))
            return NULL;
    }
    for (size_t i = 0; i < labels.count; i++) {
        const struct node *whole = labels.entries[i].value;
        put_new_bias(&c, whole, summands[whole->id]);
    }
    if (!put_floats(&c))
        return NULL;
    return weights_held_named(arena, c.tensors.items, c.tensors.count);
}
