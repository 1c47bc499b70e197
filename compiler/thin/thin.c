/* Finds out which channels can go and makes the network without them. */
#include "thin/thin.h"

#include "base/diag.h"
#include "quantise/quantise.h"
#include "quantise/types.h"
#include "thin/needs.h"
#include "thin/network.h"

int64_t thin_whole_channel(const struct thinned *t, const struct node *node, int64_t c)
{
    const struct thin_channels *channels = &t->nodes[node->id];
    return channels->index ? channels->index[c] : c;
}

/* ---- from values to nodes ---- */

static void set_channels(struct arena *arena, struct thin_channels *channels, int64_t count, const bool *gone)
{
    int64_t *index = ARENA_ARRAY(arena, int64_t, count), kept = 0;
    for (int64_t c = 0; c < count; c++)
        if (!gone || !gone[c])
            index[kept++] = c;
    *channels = (struct thin_channels){count, kept, kept < count ? index : NULL};
}

/* Layers that compute nothing have the channels of what they read. */
static void find_channels(struct thinned *t, struct arena *arena, const struct op_list *list, bool *const *gone)
{
    const bool **of = ARENA_ARRAY(arena, const bool *, t->whole->nodes.count + 1);
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        for (size_t k = 0; op->output && k < op->nodes.count; k++)
            of[op->nodes.items[k]->id] = gone[op->output->id];
    }
    t->nodes = ARENA_ARRAY(arena, struct thin_channels, t->whole->nodes.count + 1);
    for (size_t i = 0; i < t->whole->nodes.count; i++) {
        const struct node *node = t->whole->nodes.items[i];
        if (!of[i] && node->input_count)
            of[i] = of[node->inputs[0]->id];
        set_channels(arena, &t->nodes[i], node->shape.c, of[i]);
    }
}

/* What a layer with weights computes, past the BN and the functions that alone read it. */
static const struct value *end_of(const struct op *op)
{
    const struct value *value = op->output;
    while (value->readers.count == 1 && value->readers.items[0]->output &&
           (value->readers.items[0]->kind == OP_AFFINE || value->readers.items[0]->kind == OP_UNARY))
        value = value->readers.items[0]->output;
    return value;
}

static void count_channels(struct thinned *t, const struct ranges *ranges)
{
    for (size_t i = 0; i < ranges->list->ops.count; i++) {
        const struct op *op = ranges->list->ops.items[i];
        if (!op_is_linear(op))
            continue;
        const struct thin_channels *channels = &t->nodes[op->node->id];
        t->channels += channels->whole;
        t->removed += channels->whole - channels->kept;
        t->layers += channels->kept < channels->whole;
        for (int64_t c = 0; c < channels->whole; c++)
            t->constant += range_is_point(ranges->of[end_of(op)->id][c]);
    }
}

/* ---- numbers ---- */

static bool make_integers(struct thinned *t, struct arena *arena, const struct ranges *ranges)
{
    double **summands = ARENA_ARRAY(arena, double *, t->whole->nodes.count + 1);
    for (size_t i = 0; i < ranges->list->ops.count; i++) {
        const struct op *op = ranges->list->ops.items[i];
        if (op_is_linear(op) && op->output->type == ELEMENT_S8 &&
            !network_summands(ranges, t, op, &summands[op->node->id]))
            return false;
    }
    t->weights = network_integers(arena, t, summands);
    t->types = t->weights ? types_find(arena, diag_new(arena), t->graph, t->weights, t->whole_types->path) : NULL;
    return t->types != NULL;
}

static bool make_numbers(struct thinned *t, struct arena *arena, const struct ranges *ranges)
{
    if (t->whole_types)
        return make_integers(t, arena, ranges);
    t->weights = network_floats(arena, t);
    return t->weights != NULL;
}

struct thinned *thin_network(struct arena *arena, const struct graph *graph, const struct weights *weights,
                             const struct types *types, int64_t unit)
{
    struct thinned *t = ARENA_NEW(arena, struct thinned);
    struct op_list *list = lower(arena, graph);
    if (types)
        quantise(list, types);
    struct ranges ranges = {.arena = arena, .list = list, .types = types, .weights = weights};
    if (!ranges_find(&ranges))
        return NULL;
    *t = (struct thinned){.whole = graph, .whole_weights = weights, .whole_types = types};
    find_channels(t, arena, list, needs_find(&ranges, unit));
    count_channels(t, &ranges);
    if (!t->removed)
        return NULL;
    t->graph = network_graph(arena, t);
    return t->graph && make_numbers(t, arena, &ranges) ? t : NULL;
}
