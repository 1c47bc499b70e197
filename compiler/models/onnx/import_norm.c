/* Normalisation. */
#include <string.h>

#include "import.h"

static bool needs(struct importer *im, struct call *call, size_t inputs, int rank)
{
    if (!call_view(call, 0))
        return refuse(im, call, "it lacks an input");
    for (size_t i = 1; i < inputs; i++)
        if (!call_constant(call, i))
            return refuse(im, call, "its parameters are not constants");
    if (call_view(call, 0)->dims.rank < rank)
        return refuse(im, call, "its input has too few dimensions");
    return !call_wants_more(im, call) || refuse(im, call, "its further outputs are used, as in training");
}

bool op_batch_norm(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_BN, .args.eps = call_float(call, "epsilon", 1e-5)};
    if (!needs(im, call, 5, 2))
        return false;
    if (call_int(call, "training_mode", 0) || (im->opset < 9 && !call_int(call, "spatial", 1)))
        return refuse(im, call, "it is in training mode, or its statistics are not per channel");
    layer.constants[ROLE_WEIGHT] = call_constant(call, 1);
    layer.constants[ROLE_BIAS] = call_constant(call, 2);
    layer.constants[ROLE_MEAN] = call_constant(call, 3);
    layer.constants[ROLE_VAR] = call_constant(call, 4);
    struct value *x = view_channels(im, call, call->inputs[0], 1);
    return give(call, x ? apply(im, call, &layer, x) : NULL);
}

/* Each group of `count / groups` numbers in a row of memory by itself: IN, or GN of a view's groups. */
static struct value *normalise_rows(struct importer *im, struct call *call, const struct value *x, int64_t groups,
                                    double eps)
{
    struct layer layer = {.kind = LAYER_GN, .args.groups = groups, .args.eps = eps};
    if (!view_ordered(x)) {
        struct node *node = view_order(im, call, x);
        if (!node)
            return NULL;
        x = view_new(im, node, &x->dims);
    }
    const int64_t channels = x->node->shape.c, total = dims_count(&x->dims);
    struct value *y = view_like(im, x, x->node);
    if (channels == groups) {
        layer.kind = LAYER_IN;
    } else if (channels % groups) {
        layer.kind = LAYER_IN;
        y->node = view_shaped(im, call, x, (struct shape){total / groups, 1, groups});
    }
    return y->node ? apply(im, call, &layer, y) : NULL;
}

/* Factor and offset a channel, of axis 1. */
static struct value *transform(struct importer *im, struct call *call, struct value *x, const struct constant *factor,
                               const struct constant *offset)
{
    struct dims dims = {.rank = x->dims.rank - 1};
    for (int i = 0; i < dims.rank; i++)
        dims.at[i] = i ? 1 : x->dims.at[1];
    if (factor->count != x->dims.at[1] || offset->count != x->dims.at[1]) {
        refuse(im, call, "its parameters do not fit its channels");
        return NULL;
    }
    return scale_view(im, call, x, constant_is(factor, 1) && !factor->trained ? NULL : constant_as(im, factor, dims),
                      constant_is(offset, 0) && !offset->trained ? NULL : constant_as(im, offset, dims));
}

bool op_instance_norm(struct importer *im, struct call *call)
{
    const double eps = call_float(call, "epsilon", 1e-5);
    if (!needs(im, call, 3, 3))
        return false;
    struct value *x = call->inputs[0];
    const struct constant *factor = call_constant(call, 1), *offset = call_constant(call, 2);
    const bool affine = factor->trained || offset->trained || !constant_is(factor, 1) || !constant_is(offset, 0);
    if (affine && x->dims.at[0] == 1 && factor->count == x->dims.at[1]) {
        struct layer layer = {.kind = LAYER_IN, .args = {.eps = eps, .affine = true}};
        layer.constants[ROLE_WEIGHT] = factor;
        layer.constants[ROLE_BIAS] = offset;
        x = view_channels(im, call, x, 1);
        return give(call, x ? apply(im, call, &layer, x) : NULL);
    }
    x = normalise_rows(im, call, x, x->dims.at[0] * x->dims.at[1], eps);
    return give(call, x && affine ? transform(im, call, x, factor, offset) : x);
}

bool op_group_norm(struct importer *im, struct call *call)
{
    const int64_t groups = call_int(call, "num_groups", 1);
    if (!needs(im, call, 3, 3))
        return false;
    struct value *x = call->inputs[0];
    const int64_t channels = x->dims.at[1];
    const struct constant *parts[2] = {call_constant(call, 1), call_constant(call, 2)};
    if (groups < 1 || channels % groups)
        return refuse(im, call, "its groups do not divide its channels");
    for (int p = 0; p < 2; p++)
        if (parts[p]->count == groups && groups != channels) { /* one a group, in opset 18 */
            struct constant *each = constant_new(im, 1, (struct dims){1, {channels}});
            for (int64_t i = 0; each && i < channels; i++)
                constant_numbers(each)[i] = constant_at(parts[p], i / (channels / groups));
            if (!each)
                return refuse(im, call, "its parameters are too large");
            each->trained = parts[p]->trained;
            each->name = parts[p]->name;
            parts[p] = each;
        }
    x = normalise_rows(im, call, x, x->dims.at[0] * groups, call_float(call, "epsilon", 1e-5));
    return give(call, x ? transform(im, call, x, parts[0], parts[1]) : NULL);
}

bool op_layer_norm(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_LN, .args.eps = call_float(call, "epsilon", 1e-5)};
    int axis;
    if (!needs(im, call, 2, 1) || !call_axis(im, call, call_int(call, "axis", -1), call->inputs[0]->dims.rank, &axis))
        return false;
    if (call_has(call, 2) && !call_constant(call, 2))
        return refuse(im, call, "its parameters are not constants");
    struct value *x = call->inputs[0];
    const struct dims dims = x->dims;
    struct dims flat = {.rank = axis + 1};
    for (int i = 0; i <= axis; i++)
        flat.at[i] = dims.at[i];
    for (int i = axis + 1; i < dims.rank; i++)
        flat.at[axis] *= dims.at[i];
    const int64_t length = flat.at[axis];
    const struct constant *factor = call_constant(call, 1), *offset = call_constant(call, 2);
    if (factor->count != length || (offset && offset->count != length))
        return refuse(im, call, "its parameters do not fit %s", dims_words(im->arena, &dims));
    const bool whole = length == dims_count(&dims), plain = constant_is(factor, 1) && !factor->trained && !offset;
    layer.args.per_pixel = !whole;
    if (!offset) {
        struct constant *zeros = constant_new(im, 1, (struct dims){1, {length}});
        offset = zeros;
    }
    layer.args.affine = !plain && offset;
    layer.constants[ROLE_WEIGHT] = layer.args.affine ? factor : NULL;
    layer.constants[ROLE_BIAS] = layer.args.affine ? offset : NULL;
    struct value *y = whole ? view_like(im, x, x->node) : view_reshape(im, call, x, &flat);
    if (whole)
        y->node = view_order(im, call, x);
    if (whole && y->node)
        y = view_new(im, y->node, &dims);
    y = y && y->node && !whole ? view_channels(im, call, y, axis) : y;
    y = y && y->node ? apply(im, call, &layer, y) : NULL;
    return give(call, y && !whole ? view_reshape(im, call, y, &dims) : y);
}

bool op_lrn(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_LRN};
    if (!needs(im, call, 1, 2))
        return false;
    layer.args.size = call_int(call, "size", 0);
    layer.args.alpha = call_float(call, "alpha", 1e-4);
    layer.args.beta = call_float(call, "beta", 0.75);
    layer.args.k = call_float(call, "bias", 1);
    if (layer.args.size < 1)
        return refuse(im, call, "its size is not valid");
    /* For even windows ONNX takes the extra neighbour after the channel, the language before it: reverse them. */
    const bool even = layer.args.size % 2 == 0;
    struct value *x = even ? flip_view(im, call, call->inputs[0], 1) : call->inputs[0];
    x = x ? view_channels(im, call, x, 1) : NULL;
    x = x ? apply(im, call, &layer, x) : NULL;
    return give(call, x && even ? flip_view(im, call, x, 1) : x);
}

/* The kept axes first, so that the others are the pixels of so many maps. */
static struct value *normalise_maps(struct importer *im, struct call *call, const struct value *x, const bool *over,
                                    double eps)
{
    int order[IMPORT_MAX_RANK], back[IMPORT_MAX_RANK], next = 0;
    int64_t maps = 1;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < x->dims.rank; i++)
            if (over[i] == (pass == 1)) {
                maps *= pass ? 1 : x->dims.at[i];
                back[i] = next;
                order[next++] = i;
            }
    struct value *y = normalise_rows(im, call, view_transpose(im, x, order), maps, eps);
    return y ? view_transpose(im, y, back) : NULL;
}

struct value *normalise_axes(struct importer *im, struct call *call, const struct value *x, const bool *over,
                             double eps)
{
    struct layer layer = {.kind = LAYER_LN, .args.eps = eps};
    int64_t kept = 1;
    int axis = -1, several = 0;
    for (int i = 0; i < x->dims.rank; i++) {
        kept *= over[i] ? 1 : x->dims.at[i];
        if (over[i] && x->dims.at[i] > 1) {
            axis = i;
            several++;
        }
    }
    if (kept == 1)
        return apply(im, call, &layer, x);
    if (several == 1 && x->stride[axis] * x->dims.at[axis] == dims_count(&x->dims)) {
        layer.args.per_pixel = true;
        x = view_channels(im, call, x, axis);
        return x ? apply(im, call, &layer, x) : NULL;
    }
    return normalise_maps(im, call, x, over, eps);
}

/* (x - mean)/sqrt(variance) over some axes */
bool op_mean_variance(struct importer *im, struct call *call)
{
    static const int64_t usual[] = {0, 2, 3};
    const int64_t *axes;
    size_t count;
    bool over[IMPORT_MAX_RANK] = {false};
    if (!needs(im, call, 1, 1))
        return false;
    if (!call_ints(call, "axes", &axes, &count)) {
        axes = usual;
        count = 3;
    }
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, axes[i], call->inputs[0]->dims.rank, &axis))
            return false;
        over[axis] = true;
    }
    return give(call, normalise_axes(im, call, call->inputs[0], over, 1e-9));
}

/* x/sqrt(mean of x^2 + eps) over the axes from `axis' on, times a scale. */
bool op_rms_norm(struct importer *im, struct call *call)
{
    const struct layer rsqrt = {.kind = LAYER_RSQRT};
    struct value *x = call_view(call, 0), *twice[] = {x, x};
    const struct constant *scale = call_constant(call, 1);
    bool over[IMPORT_MAX_RANK] = {false};
    int axis;
    if (!x || !scale)
        return refuse(im, call, "its scale is not a constant");
    if (!call_axis(im, call, call_int(call, "axis", -1), x->dims.rank, &axis))
        return false;
    for (int i = axis; i < x->dims.rank; i++)
        over[i] = true;
    struct value *share = merge_views(im, call, LAYER_MUL, twice, 2);
    share = share ? mean_over(im, call, share, over) : NULL;
    share = share ? scale_by(im, call, share, 1, call_float(call, "epsilon", 1e-5)) : NULL;
    share = share ? apply(im, call, &rsqrt, share) : NULL;
    struct value *factors[] = {x, share};
    struct value *result = share ? merge_views(im, call, LAYER_MUL, factors, 2) : NULL;
    return give(call, result ? scale_view(im, call, result, scale, NULL) : NULL);
}
