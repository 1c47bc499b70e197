/* Nodes: one layer, one merge, one SHARE. Names were given out before; here arguments are bound,
 * shapes inferred, and the node put into the graph. */
#include <string.h>

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

/* What was named by its scope can be referred to as well, and must not meet a label of the same name. */
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
    bool input = kind == LAYER_INPUT;
    if (input && !flow->fresh) {
        diag_report(program->diag, CHECK_CHAIN, item->span,
                    "INPUT starts a chain; what stands before it would be lost");
        return false;
    }
    struct place here = place_at(place, input ? NULL : flow->node);
    struct node *node = new_node(&here, kind, name, named, item->span, &flow->node, input ? 0 : 1);
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

/* One branch; a branch with NONE leaves nothing behind. */
static bool expand_branch(const struct place *place, struct scope *scope, const struct item *item,
                          const struct chain *branch, const struct flow *from, struct flow *to)
{
    struct program *program = place->program;
    size_t nodes = program->graph->nodes.count, inputs = program->graph->inputs.count, labels = program->labels.count;
    *to = (struct flow){from->node, true, false};
    if (!expand_chain(place, scope, branch, to))
        return false;
    if (to->dropped) {
        program->graph->nodes.count = nodes;
        program->graph->inputs.count = inputs;
        map_truncate(&program->labels, labels);
    } else if (!to->node) {
        diag_report(program->diag, CHECK_CHAIN, item->span,
                    "this merge starts a chain, so each of its branches must start with INPUT or FROM");
        return false;
    }
    return true;
}

bool expand_merge(const struct place *place, struct scope *branches, const struct item *item, const char *name,
                  bool named, struct scope *naming, struct flow *flow)
{
    struct program *program = place->program;
    struct VEC(struct node *) results = {0};
    enum layer_kind kind = (enum layer_kind)layer_kind_named(item->name);
    for (const struct chain *branch = item->body; branch; branch = branch->next) {
        struct flow end;
        if (!expand_branch(place, branches, item, branch, flow, &end))
            return false;
        if (!end.dropped)
            VEC_PUSH(program->arena, &results, end.node);
    }
    if (results.count == 0) {
        diag_report(program->diag, CHECK_MERGE, item->span, "every branch of this %s is NONE", item->name);
        return false;
    }
    flow->fresh = false;
    flow->node = results.items[0];
    if (results.count == 1)
        return true;
    if (!name)
        name = scope_layer_name(program, naming, kind);
    struct node *node = new_node(place, kind, name, named, item->span, results.items, results.count);
    struct shape_context context = {.arena = program->arena, .diag = program->diag};
    if (!node || !shape_infer(&context, node, NULL) || (!named && !define_automatic(place, item, name, node)))
        return false;
    flow->node = node;
    return true;
}

static const char *dims_text(struct arena *arena, const struct weight *weight)
{
    const char *text = "";
    for (int i = 0; i < weight->rank; i++)
        text = arena_printf(arena, "%s%s%lld", text, i ? "x" : "", (long long)weight->dims[i]);
    return text;
}

static bool same_dims(const struct weight *a, const struct weight *b)
{
    return a->rank == b->rank && memcmp(a->dims, b->dims, sizeof a->dims) == 0;
}

static bool share_weights(const struct place *place, const struct item *item, struct node *copy,
                          const struct node *original)
{
    struct program *program = place->program;
    bool same = copy->kind == original->kind && copy->weight_count == original->weight_count;
    for (size_t i = 0; same && i < copy->weight_count; i++)
        if (!same_dims(&copy->weights[i], &original->weights[i])) {
            struct message *m = diag_report(program->diag, CHECK_SHARE, item->span,
                                            "%s would be %s here and is %s there", original->weights[i].name,
                                            dims_text(program->arena, &copy->weights[i]),
                                            dims_text(program->arena, &original->weights[i]));
            message_note(m, original->span, "there");
            return false;
        }
    if (!same) {
        struct message *m = diag_report(program->diag, CHECK_SHARE, item->span,
                                        "%s does not expand to the same layers here", original->name);
        message_note(m, original->span, "as there");
        return false;
    }
    copy->weights = original->weights;
    copy->shares = original->shares ? original->shares : original;
    copy->params = 0;
    return true;
}

/* The labelled item once more, from here, under a name of its own: tower~2. */
bool expand_share(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow)
{
    struct program *program = place->program;
    struct graph *graph = program->graph;
    struct labelled *found;
    if (!label_required(program, scope, place, item, &found))
        return false;
    const struct item *shared = found->item;
    struct place there = {program, found->names, flow->node};
    const char *name = arena_printf(program->arena, "%s~%d", found->name, ++found->uses + 1);
    size_t first = graph->nodes.count;
    bool done = shared->label ? expand_labelled(&there, scope, shared, name, flow)
                : shared->kind == ITEM_CALL
                    ? expand_layer(&there, shared, (enum layer_kind)layer_kind_named(shared->name), name, true, flow)
                    : false;
    if (!done) {
        if (!shared->label && shared->kind != ITEM_CALL)
            diag_report(program->diag, CHECK_SHARE, item->span, "%s has no label of its own to share it by",
                        found->name);
        return false;
    }
    if (graph->nodes.count - first != found->end_node - found->first_node) {
        diag_report(program->diag, CHECK_SHARE, item->span, "%s does not expand to the same layers here", found->name);
        return false;
    }
    for (size_t i = 0; first + i < graph->nodes.count; i++)
        if (!share_weights(place, item, graph->nodes.items[first + i], graph->nodes.items[found->first_node + i]))
            return false;
    return true;
}
