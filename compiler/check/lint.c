/* What the lints share: what kind of layer a node is, and how a message shows where it is. */
#include "check/lint.h"

const struct node *lint_only_reader(const struct lint *lint, const struct node *node)
{
    const struct readers *readers = &lint->readers[node->id];
    return readers->count == 1 && !node->is_output ? readers->items[0] : NULL;
}

bool lint_is_sliding(const struct node *node)
{
    bool pool = layer_table[node->kind].family == FAMILY_POOLING && node->kind != LAYER_GAP && node->kind != LAYER_GMP;
    return node->kind == LAYER_CONV || node->kind == LAYER_DWCONV || (pool && !node->args.adaptive);
}

bool lint_is_activation(const struct node *node)
{
    return layer_table[node->kind].family == FAMILY_ACTIVATION && node->kind != LAYER_SOFTMAX &&
           node->kind != LAYER_LOGSOFTMAX;
}

const char *lint_place(const struct lint *lint, const struct node *node)
{
    const char *name = shape_node_name(lint->arena, node);
    if (!lint->source || node->span.end == 0)
        return name;
    return arena_printf(lint->arena, "%s, line %d", name, source_position(lint->source, node->span.start).line);
}

void lint_label(const struct lint *lint, struct message *message, const char *text)
{
    if (lint->source)
        message_label(message, "%s", text);
    else
        message_help(message, "%s", text);
}
