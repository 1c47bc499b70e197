/* Runs every lint on every layer. The lints are in lint_*.c. */
#include "check/check.h"

#include "check/lint.h"
#include "recipe.h"

static lint_rule *const rules[] = {lint_fit,
                                   lint_even_filter,
                                   lint_pool_pad,
                                   lint_linear,
                                   lint_softmax_not_last,
                                   lint_bn_after_activation,
                                   lint_clip_range,
                                   lint_dead,
                                   lint_receptive_field,
                                   lint_big_fc,
                                   lint_channels_first,
                                   lint_rules};
static lint_rule *const training_rules[] = {lint_bias_before_bn, lint_dropout_before_bn, lint_bn_of_one};

static struct readers *find_readers(struct arena *arena, const struct graph *graph)
{
    struct readers *readers = ARENA_ARRAY(arena, struct readers, graph->nodes.count);
    for (size_t i = 0; i < graph->nodes.count; i++)
        readers[i].items = ARENA_ARRAY(arena, struct node *, graph->nodes.items[i]->reader_count);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        struct node *node = graph->nodes.items[i];
        for (size_t k = 0; k < node->input_count; k++) {
            struct readers *r = &readers[node->inputs[k]->id];
            r->items[r->count++] = node;
        }
    }
    return readers;
}

/* Facts that derive from a node's inputs, which precede it. */
static void look_back(struct lint *lint)
{
    lint->convolved = ARENA_ARRAY(lint->arena, bool, lint->graph->nodes.count);
    lint->shared = ARENA_ARRAY(lint->arena, bool, lint->graph->nodes.count);
    for (size_t i = 0; i < lint->graph->nodes.count; i++) {
        const struct node *node = lint->graph->nodes.items[i];
        lint->convolved[i] = layer_table[node->kind].family == FAMILY_CONVOLUTION;
        for (size_t k = 0; k < node->input_count; k++)
            lint->convolved[i] = lint->convolved[i] || lint->convolved[node->inputs[k]->id];
        if (node->shares)
            lint->shared[i] = lint->shared[node->shares->id] = true;
    }
}

/* Facts that derive from a node's readers, which follow it. */
static void look_ahead(struct lint *lint)
{
    size_t count = lint->graph->nodes.count;
    lint->collapsed = ARENA_ARRAY(lint->arena, bool, count);
    for (size_t i = count; i-- > 0;) {
        const struct node *node = lint->graph->nodes.items[i];
        lint->collapsed[i] = node->shape.h * node->shape.w == 1;
        for (size_t k = 0; k < lint->readers[i].count; k++)
            lint->collapsed[i] = lint->collapsed[i] && lint->collapsed[lint->readers[i].items[k]->id];
    }
}

void check_graph(struct arena *arena, struct diag *diag, const struct graph *graph)
{
    struct lint lint = {.arena = arena, .diag = diag, .graph = graph, .source = diag_source(diag)};
    lint.reasoned = ARENA_ARRAY(arena, bool, CHECK_COUNT);
    lint.readers = find_readers(arena, graph);
    look_back(&lint);
    look_ahead(&lint);
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
            rules[r](&lint, graph->nodes.items[i]);
    if (!graph->recipe || !graph->recipe->written)
        return;
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t r = 0; r < sizeof training_rules / sizeof *training_rules; r++)
            training_rules[r](&lint, graph->nodes.items[i]);
    lint_recipe(&lint);
}
