/* Nodes: a layer, or a merge whose branches are expanded. Names were given out before; here arguments are bound and
 * normalised, shapes inferred, and the node put into the graph. */
#include "program.h"

static struct node *new_node(const struct place *place, enum layer_kind kind, const char *name, bool named,
                             struct span span, struct node *const *inputs, size_t input_count)
{
    struct program *program = place->program;
    struct graph *graph = program->graph;
    if (graph->nodes.count >= LIMIT_LAYERS) {
        diag_report(program->diag, CHECK_LIMIT, span, "the network has more than %d layers", LIMIT_LAYERS);
        return NULL;
    }
    struct node *node = graph_add(graph, kind, name, span, inputs, input_count);
    node->named = named;
    node->cluster = program->cluster;
    return node;
}

/* A name given by the scope can be referred to as well, and must not collide with a label. */
static bool define_automatic(const struct place *place, const struct item *item, const char *name, struct node *node)
{
    struct labelled *labelled = label_define(place->program, name, item->span);
    if (!labelled)
        return false;
    labelled->item = item;
    labelled->names = place->names;
    labelled->tensor = node;
    labelled->first_node = (size_t)node->id;
    labelled->end_node = (size_t)node->id + 1;
    return true;
}

/* Inside `X?` a pool needs a whole window, and something to reduce. */
static bool pool_is_worth_it(const struct place *place, const struct node *node)
{
    const struct layer_args *a = &node->args;
    struct shape in = node->inputs[0]->shape;
    struct program *program = place->program;
    if (in.h * in.w == 1) {
        diag_report(program->diag, CHECK_SHAPE, node->span, "a 1x1 map leaves nothing to reduce");
        return false;
    }
    bool whole = a->adaptive || !a->window.h ||
                 (in.h + a->pad.top + a->pad.bottom >= a->window.h && in.w + a->pad.left + a->pad.right >= a->window.w);
    if (!whole)
        diag_report(program->diag, CHECK_WINDOW, node->span, "a %lldx%lld map has no whole window", (long long)in.h,
                    (long long)in.w);
    return whole;
}

bool expand_layer(const struct place *place, const struct item *item, enum layer_kind kind, const char *name,
                  bool named, struct flow *flow)
{
    struct program *program = place->program;
    const bool input = kind == LAYER_INPUT, first = layer_begins_chain(kind);
    if (first && !flow->fresh) {
        diag_report(program->diag, CHECK_CHAIN, item->span,
                    "%s must be first in a chain%s; the layers before it would be lost", layer_table[kind].keyword,
                    input ? "" : " or branch");
        return false;
    }
    struct place here = place_at(place, input ? NULL : flow->node);
    struct node *node = new_node(&here, kind, name, named, item->span, &flow->node, first ? 0 : 1);
    if (!node)
        return false;
    struct literal_weight literals[ROLE_COUNT] = {{NULL, {0, 0}}};
    struct shape_context context = {.arena = program->arena, .diag = program->diag};
    if (!bind_layer(&here, item, kind, node, literals, &context) || !shape_normalise(&context, node, literals))
        return false;
    habit_input_channels(program, item, node);
    if (!shape_infer(&context, node, literals))
        return false;
    if (program->trial_depth && layer_table[kind].family == FAMILY_POOLING && !pool_is_worth_it(place, node))
        return false;
    if (!named && !define_automatic(place, item, name, node))
        return false;
    flow->node = node;
    flow->fresh = false;
    return true;
}

bool expand_join(const struct place *place, const struct item *item, enum layer_kind kind, const char *name, bool named,
                 struct node *const *inputs, size_t input_count, struct flow *flow)
{
    struct program *program = place->program;
    struct node *node = new_node(place, kind, name, named, item->span, inputs, input_count);
    struct shape_context context = {.arena = program->arena, .diag = program->diag};
    if (!node || !shape_normalise(&context, node, NULL) || !shape_infer(&context, node, NULL) ||
        (!named && !define_automatic(place, item, name, node)))
        return false;
    flow->node = node;
    return true;
}
