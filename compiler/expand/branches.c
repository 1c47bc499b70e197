/* What expands a chain inside of an item: the branches of a merge, and SHARE, which expands a labelled item again. With
 * chain.c, one recursive descent. */
#include <string.h>

#include "program.h"

/* One branch; a branch with NONE leaves nothing behind. */
static bool expand_branch(const struct place *place, struct scope *scope, const struct item *item,
                          const struct chain *branch, const struct flow *from, struct flow *to)
{
    struct program *program = place->program;
    size_t nodes = program->graph->nodes.count, inputs = program->graph->inputs.count, labels = program->labels.count;
    const size_t traced = trace_length(program);
    *to = (struct flow){from->node, true, false};
    if (!expand_chain(place, scope, branch, to))
        return false;
    if (to->dropped) {
        program->graph->nodes.count = nodes;
        program->graph->inputs.count = inputs;
        map_truncate(&program->labels, labels);
        trace_truncate(program, traced);
    } else if (!to->node) {
        diag_report(program->diag, CHECK_CHAIN, item->span,
                    "this merge starts a chain, so each of its branches must start with INPUT, CONST or FROM");
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
    bool whole = true;
    for (const struct chain *branch = item->body; branch && (whole || program->partial); branch = branch->next) {
        struct flow end;
        if (!expand_branch(place, branches, item, branch, flow, &end))
            whole = false;
        else if (!end.dropped)
            VEC_PUSH(program->arena, &results, end.node);
    }
    if (!whole)
        return false;
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
    return expand_join(place, item, kind, name, named, results.items, results.count, flow);
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
                                            "%s would be %s here, but is %s in the original", original->weights[i].name,
                                            dims_text(program->arena, &copy->weights[i]),
                                            dims_text(program->arena, &original->weights[i]));
            message_note(m, original->span, "the original is here");
            return false;
        }
    if (!same) {
        struct message *m = diag_report(program->diag, CHECK_SHARE, item->span,
                                        "%s does not expand to the same layers here", original->name);
        message_note(m, original->span, "the original is here");
        return false;
    }
    copy->weights = original->weights;
    copy->shares = original->shares ? original->shares : original;
    copy->params = 0;
    return true;
}

/* An INPUT cannot stand behind other layers, so neither can a copy of it. */
static bool contains_input(const struct program *program, const struct labelled *shared)
{
    for (size_t i = shared->first_node; i < shared->end_node; i++)
        if (program->graph->nodes.items[i]->kind == LAYER_INPUT)
            return true;
    return false;
}

static bool refuse_input(const struct place *place, const struct item *item, const struct labelled *shared)
{
    struct program *program = place->program;
    const bool itself = shared->tensor->kind == LAYER_INPUT;
    struct message *m = itself ? diag_report(program->diag, CHECK_SHARE, item->span,
                                             "%s is an INPUT, which has no weights to share", shared->name)
                               : diag_report(program->diag, CHECK_SHARE, item->span,
                                             "%s cannot be shared: it contains an INPUT", shared->name);
    message_note(m, shared->span, itself ? "it is labelled here" : "it begins here");
    if (itself)
        message_help(m, "FROM(%s) reads it again", shared->name);
    else
        message_help(m, "label what follows the INPUT");
    return false;
}

/* The labelled item once more, from here, under a name of its own: tower~2. */
bool expand_share(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow)
{
    struct program *program = place->program;
    struct graph *graph = program->graph;
    struct labelled *found;
    if (!label_required(program, scope, place, item, &found))
        return false;
    if (contains_input(program, found))
        return refuse_input(place, item, found);
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
            diag_report(program->diag, CHECK_SHARE, item->span, "%s cannot be shared: it has no label of its own",
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
