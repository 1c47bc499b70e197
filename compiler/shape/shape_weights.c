/* The tensors of a layer: names and dimensions as PyTorch has them, and the numbers of those that
 * are written in the text. Weight files are read elsewhere. */
#include <string.h>

#include "shape/rules.h"

static const char *const suffixes[ROLE_COUNT] = {"weight", "bias", "running_mean", "running_var"};

static const char *dims_text(struct arena *arena, const struct weight *weight)
{
    const char *text = arena_printf(arena, "%lld", (long long)weight->dims[0]);
    for (int i = 1; i < weight->rank; i++)
        text = arena_printf(arena, "%sx%lld", text, (long long)weight->dims[i]);
    return text;
}

static bool report_entries(const struct inference *in, const struct literal_weight *literal, const char *what,
                           const struct weight *weight, int64_t window)
{
    const char *dims = dims_text(in->arena, weight);
    const char *count = weight->rank > 1 ? arena_printf(in->arena, "%s = %lld", dims, (long long)weight->count) : dims;
    int64_t entries = literal->matrix->rows * literal->matrix->columns;
    struct message *m = diag_report(in->diag, CHECK_LITERAL, literal->span, "%s of %s takes %s %s, not %lld", what,
                                    layer_table[in->node->kind].keyword, count,
                                    weight->count == 1 ? "entry" : "entries", (long long)entries);
    if (window > 1 && window != weight->count)
        message_help(m,
                     "%lldx%lld entries, one kernel, apply to every filter and channel; a single number applies to all",
                     (long long)weight->dims[2], (long long)weight->dims[3]);
    else if (weight->count > 1)
        message_help(m, "a single number applies to all of them");
    return false;
}

bool shape_check_literal(const struct inference *in, const struct literal_weight *literal, const char *what,
                         const struct weight *weight)
{
    int64_t entries = literal->matrix->rows * literal->matrix->columns;
    int64_t window = weight->rank == 4 ? weight->dims[2] * weight->dims[3] : 0;
    return entries == weight->count || entries == 1 || (entries > 0 && entries == window) ||
           report_entries(in, literal, what, weight, window);
}

bool shape_add_weight(struct inference *in, enum weight_role role, bool trainable, int rank, const int64_t dims[])
{
    struct layer_result *result = &in->result;
    if (!result->weights)
        result->weights = ARENA_ARRAY(in->arena, struct weight, GRAPH_MAX_WEIGHTS);
    struct weight *weight = &result->weights[result->weight_count];
    weight->role = role;
    weight->name = in->node->kind == LAYER_CONST ? in->node->name /* PyTorch's nn.Parameter */
                                                 : arena_printf(in->arena, "%s.%s", in->node->name, suffixes[role]);
    weight->rank = rank;
    weight->count = 1;
    for (int i = 0; i < rank; i++) {
        weight->dims[i] = dims[i];
        if (!checked_mul(weight->count, dims[i], &weight->count) || weight->count > LIMIT_ELEMENTS)
            return shape_report_limit(in, arena_printf(in->arena, "the %s tensor", suffixes[role]));
    }
    const struct literal_weight *literal = in->literals ? &in->literals[role] : NULL;
    weight->trainable = trainable && !(literal && literal->matrix);
    if (literal && literal->matrix && !in->node->shares) {
        if (!shape_check_literal(in, literal, suffixes[role], weight))
            return false;
        weight->literal = literal->matrix->entries;
        weight->period = literal->matrix->rows * literal->matrix->columns;
    }
    result->weight_count++;
    return true;
}

bool shape_add_channel_weight(struct inference *in, enum weight_role role, bool trainable)
{
    return shape_add_weight(in, role, trainable, 1, &in->result.shape.c);
}

static bool same_dims(const struct weight *a, const struct weight *b)
{
    return a->role == b->role && a->rank == b->rank && memcmp(a->dims, b->dims, sizeof a->dims) == 0;
}

bool shape_check_shared(const struct inference *in)
{
    const struct node *node = in->node, *first = node->shares;
    const struct weight *mine = in->result.weights, *its = first->weights;
    for (size_t i = 0; i < in->result.weight_count || i < first->weight_count; i++) {
        bool has_mine = i < in->result.weight_count, has_its = i < first->weight_count;
        if (has_mine && has_its && same_dims(&mine[i], &its[i]))
            continue;
        const char *here = has_mine ? dims_text(in->arena, &mine[i]) : "none";
        const char *there = has_its ? dims_text(in->arena, &its[i]) : "none";
        enum weight_role role = has_mine ? mine[i].role : its[i].role;
        struct message *m = diag_report(in->diag, CHECK_SHARE, node->span,
                                        "%s cannot share the weights of %s: its %s would be %s, not %s",
                                        layer_table[node->kind].keyword, first->name, suffixes[role], here, there);
        if (node->input_count)
            shape_label_input(in, m);
        message_note(m, first->span, "the weights belong to this layer, whose input is %s",
                     shape_text(in->arena, first->input_count ? first->inputs[0]->shape : first->shape));
        return false;
    }
    return true;
}
