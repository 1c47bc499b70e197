/* Parts of a view along an axis, and views joined along one. */
#include "import.h"

struct value *concat_views(struct importer *im, struct call *call, struct value *const *values, size_t count, int axis)
{
    struct node **nodes = ARENA_ARRAY(im->arena, struct node *, count);
    const struct value *first = values[0];
    const int64_t rest = dims_count(&first->dims) / first->dims.at[axis];
    int order[IMPORT_MAX_RANK], back[IMPORT_MAX_RANK];
    order[0] = axis;
    for (int i = 0, k = 1; i < first->dims.rank; i++)
        if (i != axis)
            order[k++] = i;
    /* The others in the first one's memory order, so that it need not move. */
    for (int i = 2; i < first->dims.rank && !view_ordered(first); i++)
        for (int k = i; k > 1 && first->stride[order[k]] > first->stride[order[k - 1]]; k--) {
            const int other = order[k];
            order[k] = order[k - 1];
            order[k - 1] = other;
        }
    struct dims dims = {.rank = first->dims.rank};
    for (int i = 0; i < dims.rank; i++) {
        dims.at[i] = first->dims.at[order[i]];
        back[order[i]] = i;
    }
    dims.at[0] = 0;
    const struct shape own = first->node->shape;
    const bool keeps = own.h * own.w == rest && own.c == first->dims.at[axis];
    const struct shape natural = natural_shape(&first->dims);
    const bool image = axis == 1 && first->dims.rank == 4 && first->dims.at[0] == 1;
    for (size_t i = 0; i < count; i++) {
        struct dims same = values[i]->dims;
        same.at[axis] = first->dims.at[axis];
        if (!dims_equal(&same, &first->dims)) {
            refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &first->dims),
                   dims_words(im->arena, &values[i]->dims));
            return NULL;
        }
        const int64_t length = values[i]->dims.at[axis];
        struct shape shape = keeps ? own : image ? natural : (struct shape){rest, 1, 1};
        shape.c = length;
        nodes[i] = view_shaped(im, call, view_transpose(im, values[i], order), shape);
        if (!nodes[i])
            return NULL;
        dims.at[0] += length;
    }
    const struct layer layer = {.kind = LAYER_CONCAT};
    struct node *node = count == 1 ? nodes[0] : import_add(im, call, &layer, nodes, count);
    return node ? view_transpose(im, view_new(im, node, &dims), back) : NULL;
}

struct value *slice_view(struct importer *im, struct call *call, const struct value *value, int axis, int64_t from,
                         int64_t to)
{
    struct value *result = view_like(im, value, value->node);
    struct layer layer = {.kind = LAYER_SLICE};
    if (from == 0 && to == value->dims.at[axis])
        return result;
    if (from < 0 || from >= to || to > value->dims.at[axis]) {
        refuse(im, call, "it would give an empty tensor");
        return NULL;
    }
    layer.args.from = from;
    layer.args.to = to;
    struct node *node = value->node;
    if (!view_node_axis(value, axis, &layer.args.axis)) {
        node = view_rows(im, call, value, axis, value->dims.at[axis]);
        layer.args.axis = AXIS_H;
    }
    result->node = node ? import_add1(im, call, &layer, node) : NULL;
    view_resize_axis(result, axis, to - from);
    return result->node ? result : NULL;
}

/* Every step-th element along an axis: what a 1x1 pool with that stride keeps. */
struct value *thin_view(struct importer *im, struct call *call, const struct value *value, int axis, int64_t step,
                        int64_t count)
{
    struct layer layer = {.kind = LAYER_MAXPOOL, .args.pool = POOL_KIND_MAX};
    struct value *result = view_like(im, value, value->node);
    struct node *node = view_rows(im, call, value, axis, value->dims.at[axis]);
    layer.args.window = (struct pair){1, 1};
    layer.args.stride = (struct pair){step, 1};
    result->node = node ? import_add1(im, call, &layer, node) : NULL;
    view_resize_axis(result, axis, count);
    return result->node ? result : NULL;
}
