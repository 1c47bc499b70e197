/* Views: ONNX tensors as they lie in the results of graph nodes. Most layout changes only change
 * the view; where a layer needs the numbers in order, nodes are added that put them so. */
#include <string.h>

#include "base/checked.h"
#include "import.h"

static void flat_strides(const struct dims *dims, int64_t *stride)
{
    int64_t step = 1;
    for (int i = dims->rank; i-- > 0;) {
        stride[i] = step;
        step *= dims->at[i];
    }
}

struct value *view_new(struct importer *im, struct node *node, const struct dims *dims)
{
    struct value *view = ARENA_NEW(im->arena, struct value);
    view->kind = VALUE_VIEW;
    view->type = 1;
    view->node = node;
    view->dims = *dims;
    flat_strides(dims, view->stride);
    return view;
}

struct value *view_like(struct importer *im, const struct value *value, struct node *node)
{
    struct value *view = ARENA_NEW(im->arena, struct value);
    *view = *value;
    view->type = 1;
    view->node = node;
    return view;
}

bool view_ordered(const struct value *value)
{
    int64_t flat[IMPORT_MAX_RANK] = {0};
    flat_strides(&value->dims, flat);
    for (int i = 0; i < value->dims.rank; i++)
        if (value->dims.at[i] > 1 && value->stride[i] != flat[i])
            return false;
    return true;
}

struct shape natural_shape(const struct dims *dims)
{
    const bool batch = dims->rank >= 2 && dims->at[0] == 1;
    const int64_t *at = dims->at + batch;
    int rank = dims->rank - batch;
    struct shape shape = {1, 1, 1};
    if (rank == 2 && !batch)
        return (struct shape){at[0], at[1], 1};
    for (int i = 0; i < rank - 2 || i < 1; i++)
        shape.c *= rank ? at[i] : 1;
    if (rank == 2)
        shape.h = at[1];
    if (rank >= 3) {
        shape.h = at[rank - 2];
        shape.w = at[rank - 1];
    }
    return shape;
}

/* A node with the same flat order and another shape. */
static struct node *reshape_node(struct importer *im, struct call *call, struct node *node, struct shape shape)
{
    while ((node->kind == LAYER_RESHAPE || node->kind == LAYER_FLATTEN) && !shape_equal(node->shape, shape))
        node = node->inputs[0];
    if (shape_equal(node->shape, shape))
        return node;
    struct layer layer = {.kind = shape.h == 1 && shape.w == 1 ? LAYER_FLATTEN : LAYER_RESHAPE};
    layer.args.target = shape;
    return import_add1(im, call, &layer, node);
}

/* The axes longer than one, merged where they stay together: memory order, with the place each has
 * in the wanted order. */
struct factors {
    int count;
    int64_t length[IMPORT_MAX_RANK];
    int place[IMPORT_MAX_RANK];
};

static struct factors find_factors(const struct value *value)
{
    int axes[IMPORT_MAX_RANK], count = 0;
    struct factors factors = {0};
    for (int i = 0; i < value->dims.rank; i++)
        if (value->dims.at[i] > 1)
            axes[count++] = i;
    for (int i = 1; i < count; i++) /* by stride, the largest first */
        for (int k = i; k > 0 && value->stride[axes[k]] > value->stride[axes[k - 1]]; k--) {
            int other = axes[k];
            axes[k] = axes[k - 1];
            axes[k - 1] = other;
        }
    for (int i = 0; i < count; i++) {
        bool joined = i > 0;
        for (int k = axes[i > 0 ? i - 1 : 0] + 1; joined && k < axes[i]; k++)
            joined = value->dims.at[k] == 1;
        joined = joined && axes[i] > axes[i - 1];
        if (joined) {
            factors.length[factors.count - 1] *= value->dims.at[axes[i]];
        } else {
            factors.place[factors.count] = axes[i];
            factors.length[factors.count++] = value->dims.at[axes[i]];
        }
    }
    return factors;
}

/* Memory (a, b, c) as channels, rows, columns; axes: where the result's h, w, c come from. */
static struct node *transpose_node(struct importer *im, struct call *call, struct node *node, int64_t a, int64_t b,
                                   int64_t c, const enum axis axes[3])
{
    node = reshape_node(im, call, node, (struct shape){b, c, a});
    if (!node)
        return NULL;
    struct layer layer = {.kind = LAYER_TRANSPOSE};
    memcpy(layer.args.axes, axes, sizeof layer.args.axes);
    return import_add1(im, call, &layer, node);
}

/* Memory (a, b, rest) to (b, a, rest): what channel shuffling does. */
static struct node *shuffle_node(struct importer *im, struct call *call, struct node *node, int64_t a, int64_t b,
                                 int64_t rest)
{
    struct layer layer = {.kind = LAYER_SHUFFLE};
    layer.args.groups = a;
    if (node->shape.c != a * b)
        node = reshape_node(im, call, node, (struct shape){rest, 1, a * b});
    return node ? import_add1(im, call, &layer, node) : NULL;
}

/* Moves factor i behind all the others. */
static struct node *move_last(struct importer *im, struct call *call, struct node *node, struct factors *f, int i)
{
    static const enum axis swap_last[] = {AXIS_W, AXIS_H, AXIS_C};
    int64_t before = 1, after = 1;
    for (int k = 0; k < f->count; k++)
        *(k < i ? &before : &after) *= k == i ? 1 : f->length[k];
    const int64_t length = f->length[i];
    const int place = f->place[i];
    for (int k = i; k + 1 < f->count; k++) {
        f->length[k] = f->length[k + 1];
        f->place[k] = f->place[k + 1];
    }
    f->length[f->count - 1] = length;
    f->place[f->count - 1] = place;
    if (after == 1)
        return node;
    return transpose_node(im, call, node, before, length, after, swap_last);
}

static int factor_at_place(const struct factors *f, int rank_of_place)
{
    for (int i = 0; i < f->count; i++) {
        int smaller = 0;
        for (int k = 0; k < f->count; k++)
            smaller += f->place[k] < f->place[i];
        if (smaller == rank_of_place)
            return i;
    }
    return 0;
}

static struct node *order_factors(struct importer *im, struct call *call, struct node *node, struct factors *f)
{
    static const enum axis of_factor[] = {AXIS_C, AXIS_H, AXIS_W};
    if (f->count <= 1)
        return node;
    if (f->count == 2)
        f->length[2] = 1, f->place[2] = IMPORT_MAX_RANK, f->count = 3;
    if (f->count == 3) {
        const int first = factor_at_place(f, 0), second = factor_at_place(f, 1), third = factor_at_place(f, 2);
        if (first == 1 && second == 0 && f->length[2] > 1)
            return shuffle_node(im, call, node, f->length[0], f->length[1], f->length[2]);
        const enum axis axes[] = {of_factor[second], of_factor[third], of_factor[first]};
        return transpose_node(im, call, node, f->length[0], f->length[1], f->length[2], axes);
    }
    for (int i = 0; i < f->count && node; i++)
        node = move_last(im, call, node, f, factor_at_place(f, i));
    return node;
}

/* Channels last to channels first and back, with the node's own rows and columns. */
static struct node *order_image(struct importer *im, struct call *call, const struct value *value)
{
    struct factors f = find_factors(value);
    const struct shape shape = value->node->shape;
    if (f.count != 2 || shape.c == 1 || shape.h == 1 || shape.w == 1 || f.length[0] != shape.c)
        return NULL;
    struct layer layer = {.kind = LAYER_TRANSPOSE, .args.axes = {AXIS_W, AXIS_C, AXIS_H}};
    return import_add1(im, call, &layer, value->node);
}

struct node *view_order(struct importer *im, struct call *call, const struct value *value)
{
    if (view_ordered(value))
        return value->node;
    struct node *node = order_image(im, call, value);
    if (node)
        return node;
    struct factors factors = find_factors(value);
    return order_factors(im, call, value->node, &factors);
}

struct node *view_shaped(struct importer *im, struct call *call, const struct value *value, struct shape shape)
{
    struct node *node = view_order(im, call, value);
    return node ? reshape_node(im, call, node, shape) : NULL;
}

struct node *view_rows(struct importer *im, struct call *call, const struct value *value, int axis, int64_t n)
{
    const int64_t total = dims_count(&value->dims);
    const int64_t inner = value->dims.at[axis] > 1 ? value->stride[axis] : 1;
    return reshape_node(im, call, value->node, (struct shape){n, inner, total / n / inner});
}

struct value *view_channels(struct importer *im, struct call *call, const struct value *value, int axis)
{
    static const enum axis rows_first[] = {AXIS_C, AXIS_W, AXIS_H};
    const int64_t n = value->dims.at[axis], total = dims_count(&value->dims);
    struct value *result = view_like(im, value, value->node);
    const struct shape shape = value->node->shape;
    if (n == 1) { /* nothing to move: one channel of all the others */
        result->stride[axis] = total;
        if (shape.c != 1)
            result->node = reshape_node(im, call, value->node, (struct shape){total, 1, 1});
        return result->node ? result : NULL;
    }
    const int64_t inner = value->stride[axis], outer = total / n / inner;
    if (outer == 1) {
        if (shape.c != n)
            result->node = reshape_node(im, call, value->node, (struct shape){inner, 1, n});
        return result->node ? result : NULL;
    }
    result->node = transpose_node(im, call, value->node, outer, n, inner, rows_first);
    for (int i = 0; i < value->dims.rank; i++)
        if (i == axis)
            result->stride[i] = outer * inner;
        else if (value->stride[i] >= n * inner)
            result->stride[i] = value->stride[i] / n;
    return result->node ? result : NULL;
}

/* The smallest groups of axes on both sides, from *a_end and *b_end on, with as many elements. */
static bool next_group(const struct dims *a, const struct dims *b, int *a_end, int *b_end)
{
    int64_t left = *a_end < a->rank ? a->at[(*a_end)++] : 1, right = *b_end < b->rank ? b->at[(*b_end)++] : 1;
    while (left != right) {
        if (left < right && *a_end < a->rank)
            left *= a->at[(*a_end)++];
        else if (left > right && *b_end < b->rank)
            right *= b->at[(*b_end)++];
        else
            return false;
    }
    while (*a_end < a->rank && a->at[*a_end] == 1)
        (*a_end)++;
    while (*b_end < b->rank && b->at[*b_end] == 1)
        (*b_end)++;
    return true;
}

/* The stride of the last element of the axes [from, to), or 0 if they do not lie in order. */
static int64_t group_stride(const struct value *value, int from, int to)
{
    int64_t first = 0, step = 0;
    for (int i = to; i-- > from;) {
        if (value->dims.at[i] == 1)
            continue;
        if (step && value->stride[i] != step)
            return 0;
        first = first ? first : value->stride[i];
        step = value->stride[i] * value->dims.at[i];
    }
    return first ? first : 1;
}

/* Splits and joins axes without moving numbers, if that can be. */
static bool reshape_strides(const struct value *value, const struct dims *dims, int64_t *stride)
{
    int from = 0, to = 0;
    while (from < value->dims.rank || to < dims->rank) {
        int from_end = from, to_end = to;
        if (!next_group(&value->dims, dims, &from_end, &to_end))
            return false;
        int64_t step = group_stride(value, from, from_end);
        if (!step)
            return false;
        for (int i = to_end; i-- > to;) {
            stride[i] = step;
            step *= dims->at[i];
        }
        from = from_end;
        to = to_end;
    }
    return true;
}

struct value *view_reshape(struct importer *im, struct call *call, const struct value *value, const struct dims *dims)
{
    struct value *result = view_like(im, value, value->node);
    result->type = value->type;
    result->dims = *dims;
    if (reshape_strides(value, dims, result->stride))
        return result;
    struct node *node = view_order(im, call, value);
    return node ? view_new(im, node, dims) : NULL;
}

struct value *view_transpose(struct importer *im, const struct value *value, const int *order)
{
    struct value *result = view_like(im, value, value->node);
    result->type = value->type;
    for (int i = 0; i < value->dims.rank; i++) {
        result->dims.at[i] = value->dims.at[order[i]];
        result->stride[i] = value->stride[order[i]];
    }
    return result;
}

struct value *apply(struct importer *im, struct call *call, const struct layer *layer, const struct value *value)
{
    struct node *node = import_add1(im, call, layer, value->node);
    return node ? view_like(im, value, node) : NULL;
}

void view_resize_axis(struct value *value, int axis, int64_t length)
{
    const int64_t old = value->dims.at[axis], inner = value->stride[axis];
    for (int i = 0; i < value->dims.rank; i++)
        if (i != axis && old > 1 && value->stride[i] >= old * inner)
            value->stride[i] = value->stride[i] / old * length;
    value->dims.at[axis] = length;
}

bool view_node_axis(const struct value *value, int axis, enum axis *which)
{
    const struct shape shape = value->node->shape;
    const int64_t n = value->dims.at[axis], stride = value->stride[axis];
    const bool found = n == shape.c && stride == shape.h * shape.w ? (*which = AXIS_C, true)
                       : n == shape.h && stride == shape.w         ? (*which = AXIS_H, true)
                       : n == shape.w && stride == 1               ? (*which = AXIS_W, true)
                                                                   : false;
    return found && n > 1;
}
