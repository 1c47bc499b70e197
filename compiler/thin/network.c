/* The thinner graph. Its shapes come from the rules that gave the whole one its own. */
#include "thin/network.h"

#include <string.h>

#include "base/diag.h"
#include "shape/shape.h"

static bool is_thinner(const struct thinned *t, const struct node *node)
{
    return t->nodes[node->id].index != NULL;
}

static bool reads_thinner(const struct thinned *t, const struct node *node)
{
    for (size_t i = 0; i < node->input_count; i++)
        if (is_thinner(t, node->inputs[i]))
            return true;
    return false;
}

/* Arguments that count channels. */
static void set_arguments(const struct thinned *t, const struct node *whole, struct layer_args *args)
{
    const int64_t kept = t->nodes[whole->id].kept;
    const bool by_channel = args->groups > 1 && whole->input_count && args->groups == whole->inputs[0]->shape.c;
    switch (whole->kind) {
    case LAYER_CONV:
    case LAYER_DWCONV:
    case LAYER_DECONV:
    case LAYER_FC: args->filters = kept; break;
    case LAYER_RESHAPE: args->target.c = kept; break;
    default: return;
    }
    if (by_channel || whole->kind == LAYER_DWCONV)
        args->groups = t->nodes[whole->inputs[0]->id].kept;
}

/* Tensors keep their names, whatever they were called. */
static void name_tensors(const struct node *whole, struct node *node)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *before = node_weight(whole, node->weights[i].role);
        if (before)
            node->weights[i].name = before->name;
    }
}

static struct node *copy_node(struct arena *arena, const struct thinned *t, struct node *const *made,
                              const struct node *whole)
{
    struct node *node = ARENA_NEW(arena, struct node);
    *node = *whole;
    node->inputs = ARENA_ARRAY(arena, struct node *, whole->input_count + 1);
    for (size_t i = 0; i < whole->input_count; i++)
        node->inputs[i] = made[whole->inputs[i]->id];
    if (whole->shares)
        node->shares = made[whole->shares->id];
    if (!is_thinner(t, whole) && !reads_thinner(t, whole))
        return node;
    set_arguments(t, whole, &node->args);
    struct shape_context context = {.arena = arena, .diag = diag_new(arena)};
    if (!shape_infer(&context, node, NULL) || node->shape.c != t->nodes[whole->id].kept)
        return NULL;
    name_tensors(whole, node);
    return node;
}

/* Which layers are needed is as it was; what they take is less. */
static void count_totals(struct graph *graph)
{
    graph->params = graph->macs = graph->connections = graph->weight_count = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        graph->params += node->weights_needed ? node->params : 0;
        graph->macs += node->needed ? node->macs : 0;
        graph->connections += node->needed ? node->connections : 0;
        for (size_t k = 0; node->weights_needed && k < node->weight_count; k++)
            graph->weight_count += node->weights[k].count;
    }
}

struct graph *network_graph(struct arena *arena, const struct thinned *t)
{
    const struct graph *whole = t->whole;
    struct graph *graph = ARENA_NEW(arena, struct graph);
    struct node **made = ARENA_ARRAY(arena, struct node *, whole->nodes.count + 1);
    *graph = *whole;
    graph->arena = arena;
    memset(&graph->nodes, 0, sizeof graph->nodes);
    memset(&graph->inputs, 0, sizeof graph->inputs);
    memset(&graph->outputs, 0, sizeof graph->outputs);
    for (size_t i = 0; i < whole->nodes.count; i++) {
        made[i] = copy_node(arena, t, made, whole->nodes.items[i]);
        if (!made[i])
            return NULL;
        VEC_PUSH(arena, &graph->nodes, made[i]);
    }
    for (size_t i = 0; i < whole->inputs.count; i++)
        VEC_PUSH(arena, &graph->inputs, made[whole->inputs.items[i]->id]);
    for (size_t i = 0; i < whole->outputs.count; i++) {
        struct output_tensor output = whole->outputs.items[i];
        output.node = made[output.node->id];
        VEC_PUSH(arena, &graph->outputs, output);
    }
    count_totals(graph);
    return graph;
}
