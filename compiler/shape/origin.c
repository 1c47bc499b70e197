/* Words for messages about shapes. No rules and no checks. */
#include "shape/origin.h"

const struct node *shape_source_node(const struct node *node)
{
    while (node->input_count == 1 && shape_equal(node->shape, node->inputs[0]->shape) &&
           (layer_table[node->kind].family == FAMILY_ACTIVATION ||
            layer_table[node->kind].family == FAMILY_NORMALISATION || node->kind == LAYER_DROPOUT))
        node = node->inputs[0];
    return node;
}

const char *shape_node_name(struct arena *arena, const struct node *node)
{
    const char *keyword = layer_table[node->kind].keyword;
    return node->named || node->span.end == 0 ? arena_printf(arena, "%s (%s)", node->name, keyword) : keyword;
}

const char *shape_origin(struct arena *arena, const struct source *source, const struct node *node)
{
    const struct node *origin = shape_source_node(node);
    const char *shape = shape_text(arena, node->shape), *name = shape_node_name(arena, origin);
    if (!source || origin->span.end == 0)
        return arena_printf(arena, "%s comes from %s", shape, name);
    return arena_printf(arena, "%s comes from %s, line %d", shape, name,
                        source_position(source, origin->span.start).line);
}

const char *shape_article(int64_t number)
{
    bool eight = number == 8 || number / 10 == 8 || number / 100 == 8;
    return eight || number == 11 || number == 18 ? "an" : "a";
}

bool shape_channels_first(struct shape shape)
{
    enum { LEAST = 8 }; /* a smaller square might be a row of a few features */
    return (shape.h == 1 || shape.h == 3 || shape.h == 4) && shape.w == shape.c && shape.w >= LEAST;
}

const char *shape_pair_text(struct arena *arena, int64_t h, int64_t w)
{
    return arena_printf(arena, "%lldx%lld", (long long)h, (long long)w);
}

const char *shape_pad_text(struct arena *arena, struct padding pad)
{
    if (pad.top != pad.bottom || pad.left != pad.right)
        return arena_printf(arena, "(%lld, %lld, %lld, %lld)", (long long)pad.top, (long long)pad.left,
                            (long long)pad.bottom, (long long)pad.right);
    if (pad.top != pad.left)
        return arena_printf(arena, "(%lld, %lld)", (long long)pad.top, (long long)pad.left);
    return arena_printf(arena, "%lld", (long long)pad.top);
}

const char *shape_window_words(struct arena *arena, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const char *window = shape_pair_text(arena, a->window.h, a->window.w);
    const char *article = shape_article(a->window.h);
    if (a->dilation.h <= 1 && a->dilation.w <= 1)
        return arena_printf(arena, "%s %s window", article, window);
    const char *dilation = a->dilation.h == a->dilation.w ? arena_printf(arena, "%lld", (long long)a->dilation.h)
                                                          : shape_pair_text(arena, a->dilation.h, a->dilation.w);
    return arena_printf(
        arena, "%s %s window at dilation %s (%s in all)", article, window, dilation,
        shape_pair_text(arena, a->dilation.h * (a->window.h - 1) + 1, a->dilation.w * (a->window.w - 1) + 1));
}
