/* Pools and reductions. Images of a batch are so many more maps. */
#include <float.h>
#include <string.h>

#include "import_window.h"

/* A sliding pool over all images at once. */
static struct value *slide(struct importer *im, struct call *call, const struct value *x, const struct layer *layer)
{
    const int rank = x->dims.rank;
    const struct shape all = {x->dims.at[2], rank == 4 ? x->dims.at[3] : 1, x->dims.at[0] * x->dims.at[1]};
    struct node *node = view_shaped(im, call, x, all);
    node = node ? import_add1(im, call, layer, node) : NULL;
    if (!node)
        return NULL;
    const struct dims dims = image_dims(rank, x->dims.at[0], node->shape);
    return view_new(im, node, &dims);
}

static bool pool_arguments(struct importer *im, struct call *call, struct layer *layer)
{
    const struct value *x = call_view(call, 0);
    if (!x || !call_attribute(call, "kernel_shape"))
        return refuse(im, call, "it has no window");
    layer->args.ceil = call_int(call, "ceil_mode", 0) != 0;
    return call_window(im, call, &x->dims, NULL, &layer->args);
}

/* One axis of a dilated window. */
struct dilated {
    int axis; /* 2: rows, 3: columns */
    int64_t window, stride, dilation, before, after;
};

static struct pair along(const struct dilated *d, int64_t length)
{
    return d->axis == 2 ? (struct pair){length, 1} : (struct pair){1, length};
}

static struct value *slide_along(struct importer *im, struct call *call, const struct value *x, const struct dilated *d,
                                 int64_t window, int64_t stride)
{
    struct layer layer = {.kind = LAYER_MAXPOOL, .args.pool = POOL_KIND_MAX};
    if (window == 1 && stride == 1)
        return view_like(im, x, x->node);
    layer.args.window = along(d, window);
    layer.args.stride = along(d, stride);
    return slide(im, call, x, &layer);
}

/* The maximum over a dilated window along one axis: of what is left when only every dilation-th
 * element is kept, if the stride allows it, else of slices that lie the dilation apart. */
static struct value *dilated_maximum(struct importer *im, struct call *call, const struct value *x,
                                     const struct dilated *d)
{
    enum { MOST_SLICES = 64 };
    const int64_t length = x->dims.at[d->axis] + d->before + d->after, reach = d->dilation * (d->window - 1) + 1;
    struct layer pad = {.kind = LAYER_PAD, .args.value = -FLT_MAX};
    pad.args.pad = d->axis == 2 ? (struct padding){d->before, 0, d->after, 0}
                                : (struct padding){0, d->before, 0, d->after};
    struct value *padded = d->before || d->after ? slide(im, call, x, &pad) : view_like(im, x, x->node);
    struct value *parts[MOST_SLICES];
    if (padded && length >= reach && d->stride % d->dilation == 0) {
        padded = slide_along(im, call, padded, d, 1, d->dilation);
        return padded ? slide_along(im, call, padded, d, d->window, d->stride / d->dilation) : NULL;
    }
    if (length < reach || d->window > MOST_SLICES) {
        refuse(im, call, "its window does not fit, or is too long for a dilated one");
        return NULL;
    }
    const int64_t span = (length - reach) / d->stride * d->stride + 1;
    for (int64_t i = 0; padded && i < d->window; i++) {
        struct value *part = slice_view(im, call, padded, d->axis, i * d->dilation, i * d->dilation + span);
        parts[i] = part ? slide_along(im, call, part, d, 1, d->stride) : NULL;
        if (!parts[i])
            return NULL;
    }
    return padded ? merge_views(im, call, LAYER_MAX, parts, (size_t)d->window) : NULL;
}

static struct value *dilated_pool(struct importer *im, struct call *call, const struct value *x,
                                  const struct layer_args *a)
{
    if (a->ceil) {
        refuse(im, call, "a dilated window with ceil_mode");
        return NULL;
    }
    const struct dilated rows = {2, a->window.h, a->stride.h, a->dilation.h, a->pad.top, a->pad.bottom};
    const struct dilated columns = {3, a->window.w, a->stride.w, a->dilation.w, a->pad.left, a->pad.right};
    x = dilated_maximum(im, call, x, &rows);
    if (!x || x->dims.rank == 3)
        return x ? view_like(im, x, x->node) : NULL;
    return dilated_maximum(im, call, x, &columns);
}

bool op_max_pool(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_MAXPOOL, .args.pool = POOL_KIND_MAX};
    if (call_wants_more(im, call))
        return refuse(im, call, "its second output, the indices of the maxima, is used");
    if (!pool_arguments(im, call, &layer))
        return false;
    if (layer.args.dilation.h > 1 || layer.args.dilation.w > 1)
        return give(call, dilated_pool(im, call, call->inputs[0], &layer.args));
    return give(call, slide(im, call, call->inputs[0], &layer));
}

bool op_average_pool(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_AVGPOOL, .args.pool = POOL_KIND_AVG};
    if (!pool_arguments(im, call, &layer))
        return false;
    if (layer.args.dilation.h > 1 || layer.args.dilation.w > 1)
        return refuse(im, call, "an average over a dilated window");
    const struct padding *pad = &layer.args.pad;
    layer.args.count_pad = call_int(call, "count_include_pad", 0) ||
                           !(pad->top || pad->left || pad->bottom || pad->right);
    return give(call, slide(im, call, call->inputs[0], &layer));
}

bool op_lp_pool(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_L2POOL, .args.pool = POOL_KIND_L2};
    const int64_t p = call_int(call, "p", 2);
    if (!pool_arguments(im, call, &layer))
        return false;
    if (layer.args.dilation.h > 1 || layer.args.dilation.w > 1 || (p != 1 && p != 2) || (p == 1 && layer.args.ceil))
        return refuse(im, call, "p=%lld; 2 is supported, and 1 without ceil_mode, not dilated", (long long)p);
    if (p == 2)
        return give(call, slide(im, call, call->inputs[0], &layer));
    layer.kind = LAYER_AVGPOOL;
    layer.args.pool = POOL_KIND_AVG;
    layer.args.count_pad = true;
    const struct layer absolute = {.kind = LAYER_ABS};
    struct value *x = apply(im, call, &absolute, call->inputs[0]);
    x = x ? slide(im, call, x, &layer) : NULL;
    return give(call, x ? scale_by(im, call, x, (double)(layer.args.window.h * layer.args.window.w), 0) : NULL);
}

enum reduction { REDUCE_MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_SUM, REDUCE_L1, REDUCE_L2, REDUCE_SQUARES, REDUCE_COUNT };

/* The kept axes as maps, the others as their pixels. */
static struct value *as_maps(struct importer *im, struct call *call, const struct value *x, const bool *reduced,
                             int64_t *pixels)
{
    int order[IMPORT_MAX_RANK], count = 0;
    int64_t maps = 1;
    *pixels = 1;
    for (int i = 0; i < x->dims.rank; i++)
        if (!reduced[i]) {
            order[count++] = i;
            maps *= x->dims.at[i];
        }
    for (int i = 0; i < x->dims.rank; i++)
        if (reduced[i]) {
            order[count++] = i;
            *pixels *= x->dims.at[i];
        }
    struct value *turned = view_transpose(im, x, order);
    const struct shape shape = x->node->shape;
    const bool fits = view_ordered(turned) && shape.c == maps && shape.h * shape.w == *pixels;
    turned->node = fits ? x->node : view_shaped(im, call, turned, (struct shape){*pixels, 1, maps});
    return turned->node ? turned : NULL;
}

static struct node *pool_whole(struct importer *im, struct call *call, struct node *node, enum layer_kind kind)
{
    struct layer layer = {.kind = kind};
    if (kind == LAYER_L2POOL) {
        layer.args.pool = POOL_KIND_L2;
        layer.args.window = layer.args.stride = (struct pair){node->shape.h, node->shape.w};
    }
    return import_add1(im, call, &layer, node);
}

static struct value *reduce(struct importer *im, struct call *call, const struct value *x, const bool *reduced,
                            bool keep, enum reduction how)
{
    static const enum layer_kind kinds[] = {LAYER_GAP, LAYER_GMP,    LAYER_GMP, LAYER_GAP,
                                            LAYER_GAP, LAYER_L2POOL, LAYER_GAP};
    const struct layer absolute = {.kind = LAYER_ABS};
    struct value *from = view_like(im, x, x->node);
    struct value *twice[] = {from, from};
    int64_t pixels = 0;
    if (how == REDUCE_MIN)
        from = scale_by(im, call, from, -1, 0);
    else if (how == REDUCE_L1)
        from = apply(im, call, &absolute, from);
    else if (how == REDUCE_SQUARES)
        from = merge_views(im, call, LAYER_MUL, twice, 2);
    from = from ? as_maps(im, call, from, reduced, &pixels) : NULL;
    struct node *node = from ? pool_whole(im, call, from->node, kinds[how]) : NULL;
    if (!node)
        return NULL;
    struct dims dims = {.rank = 0};
    for (int i = 0; i < x->dims.rank; i++)
        if (keep || !reduced[i])
            dims.at[dims.rank++] = reduced[i] ? 1 : x->dims.at[i];
    struct value *result = view_new(im, node, &dims);
    if (how == REDUCE_MIN)
        return scale_by(im, call, result, -1, 0);
    if (how == REDUCE_SUM || how == REDUCE_L1 || how == REDUCE_SQUARES)
        return scale_by(im, call, result, (double)pixels, 0);
    return result;
}

bool op_global_pool(struct importer *im, struct call *call)
{
    const struct value *x = call_view(call, 0);
    bool reduced[IMPORT_MAX_RANK];
    const bool maximum = strcmp(call->type, "GlobalMaxPool") == 0, norm = strcmp(call->type, "GlobalLpPool") == 0;
    const int64_t p = call_int(call, "p", 2);
    if (norm && p != 1 && p != 2)
        return refuse(im, call, "p=%lld; 1 and 2 are supported", (long long)p);
    if (!x || x->dims.rank < 3)
        return refuse(im, call, "its input has no space axes");
    for (int i = 0; i < x->dims.rank; i++)
        reduced[i] = i >= 2;
    return give(call, reduce(im, call, x, reduced, true,
                             maximum  ? REDUCE_MAX
                             : !norm  ? REDUCE_MEAN
                             : p == 1 ? REDUCE_L1
                                      : REDUCE_L2));
}

bool reduced_axes(struct importer *im, struct call *call, const struct value *x, bool *reduced)
{
    int64_t *axes = NULL;
    size_t count = 0;
    if (!call_list(im, call, "axes", 1, &axes, &count) && call_has(call, 1))
        return refuse(im, call, "its axes are not constants");
    for (int i = 0; i < x->dims.rank; i++)
        reduced[i] = count == 0 && !call_int(call, "noop_with_empty_axes", 0);
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, axes[i], x->dims.rank, &axis))
            return false;
        reduced[axis] = true;
    }
    return true;
}

/* The axes of the node that they are, if each is a whole one. */
static bool reduced_over(const struct value *x, const bool *reduced, enum over *over)
{
    bool is[3] = {false, false, false};
    const struct shape shape = x->node->shape;
    for (int i = 0; i < x->dims.rank; i++) {
        enum axis axis;
        if (!reduced[i] || x->dims.at[i] == 1)
            continue;
        if (!view_node_axis(x, i, &axis))
            return false;
        is[axis] = true;
    }
    const bool c = is[AXIS_C], h = is[AXIS_H], w = is[AXIS_W];
    *over = c ? OVER_C : h ? OVER_H : OVER_W;
    if (c + h + w == 1)
        return true;
    *over = OVER_HW;
    if (h && w && (!c || shape.c == 1))
        return true;
    *over = OVER_CHW;
    return (c || shape.c == 1) && (h || shape.h == 1) && (w || shape.w == 1);
}

/* The innermost part of the channels, or -1. */
static int neighbouring_channels(const struct value *x, const bool *reduced)
{
    const struct shape shape = x->node->shape;
    int axis = -1;
    for (int i = 0; i < x->dims.rank; i++) {
        if (!reduced[i] || x->dims.at[i] == 1)
            continue;
        if (axis >= 0 || x->stride[i] != shape.h * shape.w || shape.c % x->dims.at[i])
            return -1;
        axis = i;
    }
    return axis;
}

/* The same numbers without the axes that are reduced, of which each has one. */
static struct value *without_axes(struct importer *im, const struct value *x, const bool *reduced, bool keep)
{
    struct value *result = view_like(im, x, x->node);
    int rank = 0;
    for (int i = 0; i < x->dims.rank; i++) {
        if (reduced[i] && !keep)
            continue;
        result->stride[rank] = x->stride[i];
        result->dims.at[rank++] = x->dims.at[i];
    }
    result->dims.rank = rank;
    return result;
}

/* As one layer, without moving anything. NULL where that cannot be. */
static struct value *reduce_node(struct importer *im, struct call *call, const struct value *x, const bool *reduced,
                                 bool keep, enum reducing how)
{
    struct layer layer = {.kind = LAYER_REDUCE, .args.reducing = how};
    const int channels = neighbouring_channels(x, reduced);
    if (!reduced_over(x, reduced, &layer.args.over)) {
        if (how != REDUCING_MAX || channels < 0)
            return NULL;
        layer = (struct layer){.kind = LAYER_MAXOUT, .args.pieces = x->dims.at[channels]};
    }
    struct value *result = apply(im, call, &layer, x);
    if (!result)
        return NULL;
    for (int i = 0; i < x->dims.rank; i++)
        if (reduced[i])
            view_resize_axis(result, i, 1);
    return without_axes(im, result, reduced, keep);
}

/* Products and sums of exponentials, which no pool computes: axes that are no node's are moved first. */
static struct value *reduce_by_layer(struct importer *im, struct call *call, const struct value *x, const bool *reduced,
                                     bool keep, enum reducing how)
{
    struct value *result = reduce_node(im, call, x, reduced, keep, how);
    if (result || call->refusal)
        return result;
    const struct layer layer = {.kind = LAYER_REDUCE, .args = {.reducing = how, .over = OVER_HW}};
    int64_t pixels;
    struct value *maps = as_maps(im, call, x, reduced, &pixels);
    struct node *node = maps ? import_add1(im, call, &layer, maps->node) : NULL;
    struct dims dims = {.rank = 0};
    for (int i = 0; i < x->dims.rank; i++)
        if (keep || !reduced[i])
            dims.at[dims.rank++] = reduced[i] ? 1 : x->dims.at[i];
    return node ? view_new(im, node, &dims) : NULL;
}

/* The layer that computes it, or REDUCING_COUNT; sums are those of a square or in a logarithm, too. */
static enum reducing reducing_of(const char *type)
{
    static const char *const names[REDUCING_ARGMAX] = {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin",
                                                       "ReduceProd", "ReduceL1",  "ReduceL2",  "ReduceLogSumExp"};
    for (int i = 0; i < REDUCING_ARGMAX; i++)
        if (strcmp(names[i], type) == 0)
            return (enum reducing)i;
    return REDUCING_SUM;
}

/* Is it what GAP, GMP or L2POOL computes? */
static bool is_whole_pool(const struct value *x, const bool *reduced, enum reducing how)
{
    enum over over;
    return (how == REDUCING_MEAN || how == REDUCING_MAX || how == REDUCING_L2) && reduced_over(x, reduced, &over) &&
           over == OVER_HW;
}

struct value *reduce_axes(struct importer *im, struct call *call, const struct value *x, const bool *reduced, bool keep,
                          enum reducing how)
{
    static const enum reduction pools[REDUCING_COUNT] = {
        [REDUCING_MEAN] = REDUCE_MEAN, [REDUCING_SUM] = REDUCE_SUM, [REDUCING_MAX] = REDUCE_MAX,
        [REDUCING_MIN] = REDUCE_MIN,   [REDUCING_L1] = REDUCE_L1,   [REDUCING_L2] = REDUCE_L2};
    if (how == REDUCING_PROD || how == REDUCING_LOGSUMEXP)
        return reduce_by_layer(im, call, x, reduced, keep, how);
    struct value *result = is_whole_pool(x, reduced, how) ? NULL : reduce_node(im, call, x, reduced, keep, how);
    return result || call->refusal ? result : reduce(im, call, x, reduced, keep, pools[how]);
}

static struct value *reduce_any(struct importer *im, struct call *call, const struct value *x, const bool *reduced,
                                bool keep)
{
    if (strcmp(call->type, "ReduceSumSquare") == 0)
        return reduce(im, call, x, reduced, keep, REDUCE_SQUARES);
    return reduce_axes(im, call, x, reduced, keep, reducing_of(call->type));
}

struct value *place_of_largest(struct importer *im, struct call *call, const struct value *x, int axis, bool keep)
{
    bool reduced[IMPORT_MAX_RANK] = {false};
    struct layer layer = {.kind = LAYER_ARGMAX};
    reduced[axis] = true;
    if (!reduced_over(x, reduced, &layer.args.over) || layer.args.over > OVER_W || x->dims.at[axis] == 1) {
        x = view_channels(im, call, x, axis);
        layer.args.over = OVER_C;
    }
    struct value *result = x ? apply(im, call, &layer, x) : NULL;
    if (!result)
        return NULL;
    view_resize_axis(result, axis, 1);
    return without_axes(im, result, reduced, keep);
}

struct value *mean_over(struct importer *im, struct call *call, const struct value *x, const bool *over)
{
    struct value *result = is_whole_pool(x, over, REDUCING_MEAN) ? NULL
                                                                 : reduce_node(im, call, x, over, true, REDUCING_MEAN);
    return result || call->refusal ? result : reduce(im, call, x, over, true, REDUCE_MEAN);
}

bool op_reduce(struct importer *im, struct call *call)
{
    static const char *const plain[] = {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", NULL};
    const struct layer absolute = {.kind = LAYER_ABS}, logarithm = {.kind = LAYER_LOG};
    const bool squares = strcmp(call->type, "ReduceSumSquare") == 0, log_sum = strcmp(call->type, "ReduceLogSum") == 0;
    struct value *x = call_view(call, 0), *twice[] = {x, x};
    bool reduced[IMPORT_MAX_RANK] = {false}, named = false, any = false;
    if (!x || !reduced_axes(im, call, x, reduced))
        return refuse(im, call, "it lacks an input");
    for (int i = 0; i < x->dims.rank; i++) {
        named = named || reduced[i];
        any = any || (reduced[i] && x->dims.at[i] > 1);
    }
    const bool is_plain = text_is_one_of(call->type, plain);
    if (!named && !is_plain)
        return refuse(im, call, "it reduces no axis");
    if (!any && squares)
        x = merge_views(im, call, LAYER_MUL, twice, 2);
    else if (!any && !is_plain && !log_sum && strcmp(call->type, "ReduceLogSumExp") != 0)
        x = apply(im, call, &absolute, x);
    const bool keep = call_int(call, "keepdims", 1) != 0;
    if (x)
        x = any ? reduce_any(im, call, x, reduced, keep) : without_axes(im, x, reduced, keep);
    return give(call, x && log_sum ? apply(im, call, &logarithm, x) : x);
}
