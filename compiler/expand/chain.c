/* Chains: repeats, options, conditions, groups and blocks, walked in the order of the text. Which
 * name a layer gets depends on the scope around it: a record names by keyword, a sequence
 * numbers; items of a record without a label are transparent. */
#include <string.h>

#include "base/text.h"
#include "program.h"

struct cluster *cluster_open(struct program *program, const char *name, const char *path)
{
    struct cluster *cluster = ARENA_NEW(program->arena, struct cluster);
    cluster->parent = program->cluster;
    cluster->name = name;
    cluster->path = path;
    cluster->depth = program->cluster ? program->cluster->depth + 1 : 0;
    cluster->id = program->cluster_count++;
    program->cluster = cluster;
    return cluster;
}

void cluster_close(struct program *program, struct cluster *cluster)
{
    program->cluster = cluster->parent;
}

static bool is_repeated(const struct item *item)
{
    for (const struct suffix *s = item->suffixes; s; s = s->next)
        if (s->kind == SUFFIX_REPEAT)
            return true;
    return false;
}

/* A block is a sequence if its whole body is one unlabelled group or repeat, or calls such a block. */
static bool block_is_sequence(const struct program *program, const struct block *block, int depth)
{
    const struct element *only = block->statement->chain->elements;
    if (!only || only->next || only->item->label || depth > LIMIT_DEPTH)
        return false;
    if (only->item->kind == ITEM_GROUP || is_repeated(only->item))
        return true;
    const struct block *inner = only->item->kind == ITEM_CALL ? map_get(&program->blocks, only->item->name) : NULL;
    return inner && block_is_sequence(program, inner, depth + 1);
}

/* How one item is named: by its label, or by the scope around it. */
struct naming {
    struct scope *scope; /* where its layers are named */
    const char *name;    /* the full name of a layer or merge; NULL: the scope names it */
    struct scope *inner; /* of a block's body or a merge's branches */
    bool named;
};

static const struct block *block_of(const struct program *program, const struct item *item)
{
    return item->kind == ITEM_CALL ? map_get(&program->blocks, item->name) : NULL;
}

/* The scope that the name `path` opens for `item`. */
static struct scope *open_for(struct program *program, const struct scope *outer, const struct item *item,
                              const char *path)
{
    const struct block *block = block_of(program, item);
    bool sequence = item->kind == ITEM_GROUP || (block && block_is_sequence(program, block, 0));
    return scope_open(program, outer, path, sequence);
}

/* A number of a sequence is taken by merges and block calls (layers take theirs when they are made). */
static struct naming name_unlabelled(struct program *program, struct scope *scope, const struct item *item)
{
    struct naming naming = {scope, NULL, scope, false};
    if (scope->sequence && (item->kind == ITEM_MERGE || block_of(program, item))) {
        naming.name = path_join(program->arena, scope->path, arena_printf(program->arena, "%d", scope->next++));
        naming.inner = open_for(program, scope, item, naming.name);
    }
    return naming;
}

static bool no_tensor_yet(const struct place *place, const struct item *item)
{
    struct message *m = diag_report(place->program->diag, CHECK_CHAIN, item->span,
                                    "a chain must start with INPUT, CONST, FROM or a merge whose branches do");
    message_help(m, place->program->graph->nodes.count
                        ? "to continue the chain above, start this line, or end the one before, with ->"
                        : "a network starts with INPUT(HxWxC) ->");
    return false;
}

static bool expand_block(const struct place *place, struct scope *scope, const struct item *item,
                         const struct block *block, struct flow *flow)
{
    struct program *program = place->program;
    struct place here = place_at(place, flow->node);
    const struct binding *names;
    for (const struct call *call = program->call; call; call = call->outer)
        if (call->block == block) {
            struct message *m = diag_report(program->diag, CHECK_CYCLE, item->name_span, "the block %s contains itself",
                                            item->name);
            message_note(m, block->statement->name_span, "it is defined here");
            return false;
        }
    if (program->depth >= LIMIT_DEPTH) {
        diag_report(program->diag, CHECK_LIMIT, item->name_span, "blocks are nested more than %d deep", LIMIT_DEPTH);
        return false;
    }
    if (!bind_block(&here, item, block, &names))
        return false;
    const struct call *outer = program->call;
    struct call call = {block, item->span, outer};
    struct place inside = {program, names, flow->node};
    program->call = &call;
    program->depth++;
    struct cluster *cluster = cluster_open(program, item->name, scope->path);
    bool done = expand_chain(&inside, scope, block->statement->chain, flow);
    cluster_close(program, cluster);
    program->depth--;
    program->call = outer;
    if (!done)
        diag_note_last(program->diag, item->span, "in the block %s, used here", item->name);
    return done;
}

static bool expand_none(const struct place *place, const struct item *item, struct flow *flow)
{
    if (item->has_args || item->label) {
        diag_report(place->program->diag, CHECK_ARGUMENT, item->span, "NONE takes no arguments and no label");
        return false;
    }
    flow->dropped = true;
    return true;
}

static bool expand_from(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow)
{
    struct labelled *found;
    if (!flow->fresh) {
        diag_report(place->program->diag, CHECK_CHAIN, item->span,
                    "FROM must be first in a chain or branch; the layers before it would be lost");
        return false;
    }
    if (!label_required(place->program, scope, place, item, &found))
        return false;
    flow->node = found->tensor;
    flow->fresh = false;
    return true;
}

static bool expand_group(const struct place *place, const struct naming *naming, const struct item *item,
                         struct flow *flow)
{
    struct program *program = place->program;
    struct cluster *cluster = naming->name ? cluster_open(program, naming->name, naming->name) : NULL;
    bool done = expand_chain(place, naming->inner, item->body, flow);
    if (cluster)
        cluster_close(program, cluster);
    return done;
}

/* The item without its suffixes. */
static bool expand_primary(const struct place *place, const struct naming *naming, const struct item *item,
                           struct flow *flow)
{
    struct program *program = place->program;
    const struct block *block = block_of(program, item);
    if (++program->steps > LIMIT_ITEMS) {
        diag_report(program->diag, CHECK_LIMIT, item->span, "the network unrolls to more than %d items", LIMIT_ITEMS);
        return false;
    }
    switch (item->kind) {
    case ITEM_GROUP: return expand_group(place, naming, item, flow);
    case ITEM_FROM: return expand_from(place, naming->scope, item, flow);
    case ITEM_SHARE: return !flow->node ? no_tensor_yet(place, item) : expand_share(place, naming->scope, item, flow);
    case ITEM_MERGE: return expand_merge(place, naming->inner, item, naming->name, naming->named, naming->scope, flow);
    case ITEM_CALL: break;
    }
    if (block)
        return expand_block(place, naming->inner, item, block, flow);
    if (strcmp(item->name, "NONE") == 0)
        return expand_none(place, item, flow);
    enum layer_kind kind = (enum layer_kind)layer_kind_named(item->name);
    if (!flow->node && !layer_begins_chain(kind))
        return no_tensor_yet(place, item);
    const char *name = naming->name ? naming->name : scope_layer_name(program, naming->scope, kind);
    return expand_layer(place, item, kind, name, naming->named, flow);
}

static bool expand_suffixes(const struct place *place, const struct naming *naming, const struct item *item,
                            const struct suffix *last, struct flow *flow);

/* The suffix before `s`, or NULL: suffixes are linked innermost first. */
static const struct suffix *suffix_before(const struct item *item, const struct suffix *s)
{
    const struct suffix *before = item->suffixes;
    if (before == s)
        return NULL;
    while (before->next != s)
        before = before->next;
    return before;
}

static bool repeat_count(const struct place *place, const struct suffix *s, int64_t *count)
{
    struct program *program = place->program;
    if (!value_integer(place, s->value, "a repeat count", count))
        return false;
    if (*count < 0)
        diag_report(program->diag, CHECK_ARGUMENT, s->value->span,
                    "a repeat count must not be negative, but this is %lld", (long long)*count);
    else if (*count > LIMIT_ROUNDS)
        diag_report(program->diag, CHECK_LIMIT, s->value->span, "%s repetitions exceed the limit of %s",
                    text_thousands(program->arena, *count), text_thousands(program->arena, LIMIT_ROUNDS));
    return *count >= 0 && *count <= LIMIT_ROUNDS;
}

static bool expand_repeat(const struct place *place, const struct naming *naming, const struct item *item,
                          const struct suffix *s, struct flow *flow)
{
    struct program *program = place->program;
    struct place here = place_at(place, flow->node);
    int64_t count;
    if (!repeat_count(&here, s, &count))
        return false;
    struct cluster *cluster = NULL;
    if (count > 1)
        cluster = cluster_open(program, arena_printf(program->arena, "x %lld", (long long)count), NULL);
    bool done = true;
    for (int64_t round = 0; done && round < count && !flow->dropped; round++) {
        struct binding *index = ARENA_NEW(program->arena, struct binding);
        *index = (struct binding){s->index, {.kind = VALUE_INTEGER, .integer = round}, place->names};
        struct place inside = {program, s->index ? index : place->names, flow->node};
        struct naming one = *naming;
        if (!naming->name) /* each round takes its own number */
            one = name_unlabelled(program, naming->scope, item);
        done = expand_suffixes(&inside, &one, item, suffix_before(item, s), flow);
    }
    if (cluster)
        cluster_close(program, cluster);
    return done;
}

struct snapshot {
    size_t nodes, inputs, labels, traced;
    struct scope scope;
    struct flow flow;
};

static void restore(struct program *program, struct scope *scope, const struct snapshot *before, struct flow *flow)
{
    program->graph->nodes.count = before->nodes;
    program->graph->inputs.count = before->inputs;
    map_truncate(&program->labels, before->labels);
    trace_truncate(program, before->traced);
    *scope = before->scope;
    *flow = before->flow;
}

/* X?: the whole of X, or nothing of it. */
static bool expand_optional(const struct place *place, const struct naming *naming, const struct item *item,
                            const struct suffix *s, struct flow *flow)
{
    struct program *program = place->program;
    struct graph *graph = program->graph;
    struct snapshot before = {graph->nodes.count,    graph->inputs.count, program->labels.count,
                              trace_length(program), *naming->scope,      *flow};
    struct diag_trial trial = diag_trial_begin(program->diag);
    struct cluster *cluster = program->cluster;
    program->trial_depth++;
    bool done = expand_suffixes(place, naming, item, suffix_before(item, s), flow);
    program->trial_depth--;
    program->cluster = cluster;
    if (done) {
        diag_trial_end(program->diag, trial, true);
        return true;
    }
    const char *reason = diag_trial_reason(program->diag, trial);
    diag_trial_end(program->diag, trial, false);
    if (diag_trial_failed(program->diag, trial)) /* an error in any place, not a layer that does not fit here */
        return false;
    restore(program, naming->scope, &before, flow);
    diag_report(program->diag, CHECK_SKIPPED, item->span, "left out: %s", reason ? reason : "it does not fit here");
    return true;
}

/* Which chain of layers led to a shape that was not expected. */
static void note_origins(struct program *program, struct message *m, const struct node *node)
{
    for (int i = 0; node && i < 4; i++) {
        message_note(m, node->span, "%s gives %s", layer_table[node->kind].keyword,
                     shape_text(program->arena, node->shape));
        node = node->input_count ? node->inputs[0] : NULL;
    }
}

static bool expand_assertion(const struct place *place, const struct naming *naming, const struct item *item,
                             const struct suffix *s, struct flow *flow)
{
    struct program *program = place->program;
    struct value value;
    struct shape asserted;
    if (!expand_suffixes(place, naming, item, suffix_before(item, s), flow))
        return false;
    struct place here = place_at(place, flow->node);
    if (flow->dropped || !flow->node)
        return true;
    if (!value_of(&here, s->value, &value) || !bind_shape(&here, &value, &asserted))
        return false;
    if (shape_equal(asserted, flow->node->shape))
        return true;
    struct message *m = diag_report(program->diag, CHECK_ASSERT, s->span, "the shape here is %s, not %s",
                                    shape_text(program->arena, flow->node->shape),
                                    shape_text(program->arena, asserted));
    note_origins(program, m, flow->node);
    return false;
}

static bool expand_suffixes(const struct place *place, const struct naming *naming, const struct item *item,
                            const struct suffix *last, struct flow *flow)
{
    if (!last)
        return expand_primary(place, naming, item, flow);
    switch (last->kind) {
    case SUFFIX_REPEAT: return expand_repeat(place, naming, item, last, flow);
    case SUFFIX_OPTIONAL: return expand_optional(place, naming, item, last, flow);
    case SUFFIX_ASSERT: return expand_assertion(place, naming, item, last, flow);
    }
    return false;
}

static const struct suffix *last_suffix(const struct item *item)
{
    const struct suffix *last = item->suffixes;
    while (last && last->next)
        last = last->next;
    return last;
}

bool expand_labelled(const struct place *place, struct scope *scope, const struct item *item, const char *name,
                     struct flow *flow)
{
    struct program *program = place->program;
    struct naming naming = {scope, name, scope, true};
    if (is_repeated(item)) { /* a sequence in which every round takes a number */
        struct scope *rounds = scope_open(program, scope, name, true);
        naming = (struct naming){rounds, NULL, rounds, false};
    } else if (item->kind == ITEM_GROUP || item->kind == ITEM_MERGE || block_of(program, item)) {
        naming.inner = open_for(program, scope, item, name);
    }
    return expand_suffixes(place, &naming, item, last_suffix(item), flow);
}

static bool expand_with_label(const struct place *place, struct scope *scope, const struct item *item,
                              struct flow *flow)
{
    struct program *program = place->program;
    const char *label = label_text(place, item->label);
    if (!label)
        return false;
    struct labelled *labelled = label_define(program, path_join(program->arena, scope->path, label), item->label->span);
    if (!labelled)
        return false;
    labelled->item = item;
    labelled->names = place->names;
    labelled->first_node = program->graph->nodes.count;
    if (scope->sequence && item->kind != ITEM_FROM && item->kind != ITEM_SHARE)
        scope->next++; /* a labelled item uses its label and still consumes a number */
    if (!scope->sequence && item->kind != ITEM_GROUP && !block_of(program, item) &&
        layer_kind_named(item->name ? item->name : "") >= 0)
        scope->ordinals[layer_kind_named(item->name)]++;
    if (!expand_labelled(place, scope, item, labelled->name, flow))
        return false;
    labelled->end_node = program->graph->nodes.count;
    labelled->tensor = flow->node;
    return true;
}

static bool expand_without_label(const struct place *place, struct scope *scope, const struct item *item,
                                 struct flow *flow)
{
    struct naming naming = {scope, NULL, scope, false};
    if (!is_repeated(item))
        naming = name_unlabelled(place->program, scope, item);
    return expand_suffixes(place, &naming, item, last_suffix(item), flow);
}

bool expand_item(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow)
{
    if (item->label ? !expand_with_label(place, scope, item, flow) : !expand_without_label(place, scope, item, flow))
        return false;
    if (!flow->dropped)
        trace_item(place->program, item, scope, flow->node);
    return true;
}

/* In a text with mistakes: nothing is known of this item, nor of what follows it. */
static bool refuse_unknown(const struct place *place, const struct item *item)
{
    diag_report(place->program->diag, CHECK_SYNTAX, item->span, "this cannot be read");
    return false;
}

bool expand_element(const struct place *place, struct scope *scope, const struct element *element, struct flow *flow)
{
    for (; element; element = element->otherwise) {
        bool kept = true;
        if (element->item->unknown)
            return refuse_unknown(place, element->item);
        if (element->condition && !value_truth(place, element->condition, &kept))
            return false;
        if (kept)
            return expand_item(place, scope, element->item, flow);
    }
    return true;
}

bool expand_chain(const struct place *place, struct scope *scope, const struct chain *chain, struct flow *flow)
{
    for (const struct element *e = chain->elements; e && !flow->dropped; e = e->next) {
        struct place here = place_at(place, flow->node);
        if (!expand_element(&here, scope, e, flow))
            return false;
    }
    return true;
}
