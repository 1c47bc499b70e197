/* Operators of several tensors, and of a tensor and constants, with ONNX's broadcasting. */
#include <float.h>
#include <string.h>

#include "import_fold.h"

enum { LARGEST_SCALE = 1 << 26 };

/* A value with dimensions of 1 put in front. */
struct value *view_with_rank(struct importer *im, const struct value *value, int rank)
{
    struct value *result = view_like(im, value, value->node);
    const int more = rank - value->dims.rank;
    result->dims.rank = rank;
    for (int i = 0; i < rank; i++) {
        result->dims.at[i] = i < more ? 1 : value->dims.at[i - more];
        result->stride[i] = i < more ? 0 : value->stride[i - more];
    }
    return result;
}

struct value *expand_view(struct importer *im, struct call *call, const struct value *value, const struct dims *dims)
{
    struct value *x = view_with_rank(im, value, dims->rank);
    for (int i = 0; i < dims->rank; i++) {
        if (x->dims.at[i] == dims->at[i])
            continue;
        int64_t inner = 1;
        for (int k = i + 1; k < dims->rank; k++)
            inner *= x->dims.at[k];
        struct node *node = view_shaped(im, call, x, (struct shape){1, inner, dims_count(&x->dims) / inner});
        struct layer layer = {.kind = LAYER_UPSAMPLE, .args.mode = UPSAMPLE_NEAREST};
        layer.args.factor = (struct pair){dims->at[i], 1};
        node = node ? import_add1(im, call, &layer, node) : NULL;
        if (!node)
            return NULL;
        struct dims longer = x->dims;
        longer.at[i] = dims->at[i];
        x = view_new(im, node, &longer);
    }
    return x;
}

/* Which of channels, rows, columns each axis belongs to, as natural_shape has it. */
static void natural_groups(const struct dims *dims, int *group)
{
    const int batch = dims->rank >= 2 && dims->at[0] == 1, rank = dims->rank - batch;
    for (int i = 0; i < dims->rank; i++) {
        const int behind = dims->rank - 1 - i, place = i - batch;
        group[i] = rank >= 3 ? (behind == 0 ? 2 : behind == 1 ? 1 : 0) : rank == 2 ? place : 0;
        if (rank == 2 && !batch)
            group[i] = i;
        if (place < 0)
            group[i] = 0;
    }
}

/* Axes that broadcast alike go together; false if that makes more than three. */
static bool alike_groups(struct value *const *values, size_t count, const struct dims *out, int *group)
{
    int current = -1;
    for (int i = 0, last = -1; i < out->rank; i++) {
        bool alike = last >= 0;
        for (size_t v = 0; alike && v < count; v++)
            alike = (values[v]->dims.at[i] == 1) == (values[v]->dims.at[last] == 1);
        if (out->at[i] > 1) {
            current += !alike;
            last = i;
        }
        group[i] = current < 0 ? 0 : current;
    }
    return current < 3;
}

/* The value's lengths group by group; false if a group neither repeats nor fills the result's. */
static bool group_shape(const struct dims *dims, const struct dims *out, const int *group, struct shape *shape)
{
    int64_t mine[3] = {1, 1, 1}, whole[3] = {1, 1, 1};
    for (int i = 0; i < out->rank; i++) {
        mine[group[i]] *= dims->at[i];
        whole[group[i]] *= out->at[i];
    }
    *shape = (struct shape){mine[1], mine[2], mine[0]};
    for (int g = 0; g < 3; g++)
        if (mine[g] != 1 && mine[g] != whole[g])
            return false;
    return true;
}

/* The memory order of the largest value's axes; their own order where that is the same. */
static void memory_order(struct value *const *values, size_t count, int *order)
{
    const struct value *main = values[0];
    for (size_t i = 1; i < count; i++)
        if (dims_count(&values[i]->dims) > dims_count(&main->dims))
            main = values[i];
    for (int i = 0; i < main->dims.rank; i++)
        order[i] = i;
    if (view_ordered(main))
        return;
    for (int i = 1; i < main->dims.rank; i++) /* axes of length 1 first, then by stride */
        for (int k = i; k > 0; k--) {
            const int a = order[k - 1], b = order[k];
            const int64_t stride_a = main->dims.at[a] == 1 ? INT64_MAX : main->stride[a];
            const int64_t stride_b = main->dims.at[b] == 1 ? INT64_MAX : main->stride[b];
            if (stride_b <= stride_a)
                break;
            order[k - 1] = b;
            order[k] = a;
        }
}

static bool same_views(struct value *const *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!dims_equal(&values[0]->dims, &values[i]->dims) ||
            !shape_equal(values[0]->node->shape, values[i]->node->shape))
            return false;
        for (int k = 0; k < values[0]->dims.rank; k++)
            if (values[0]->dims.at[k] > 1 && values[0]->stride[k] != values[i]->stride[k])
                return false;
    }
    return true;
}

static struct value *merge_nodes(struct importer *im, struct call *call, enum layer_kind kind, struct node **nodes,
                                 size_t count)
{
    const struct layer layer = {.kind = kind};
    struct node *node = import_add(im, call, &layer, nodes, count);
    struct value *result = ARENA_NEW(im->arena, struct value);
    result->node = node;
    return node ? result : NULL;
}

/* All in the largest one's memory order, grouped into three axes. */
static struct value *merge_grouped(struct importer *im, struct call *call, enum layer_kind kind, struct value **turned,
                                   size_t count, const struct dims *out)
{
    int group[IMPORT_MAX_RANK] = {0};
    struct shape *shapes = ARENA_ARRAY(im->arena, struct shape, count);
    bool fits = true;
    natural_groups(out, group);
    for (size_t i = 0; i < count; i++)
        fits = fits && group_shape(&turned[i]->dims, out, group, &shapes[i]);
    if (!fits) {
        fits = alike_groups(turned, count, out, group);
        for (size_t i = 0; fits && i < count; i++)
            fits = group_shape(&turned[i]->dims, out, group, &shapes[i]);
    }
    struct node **nodes = ARENA_ARRAY(im->arena, struct node *, count);
    for (size_t i = 0; i < count; i++) {
        struct value *value = fits ? turned[i] : expand_view(im, call, turned[i], out);
        nodes[i] = value ? view_shaped(im, call, value, fits ? shapes[i] : natural_shape(out)) : NULL;
        if (!nodes[i])
            return NULL;
    }
    struct value *merged = merge_nodes(im, call, kind, nodes, count);
    return merged ? view_new(im, merged->node, out) : NULL;
}

struct value *merge_views(struct importer *im, struct call *call, enum layer_kind kind, struct value *const *values,
                          size_t count)
{
    struct dims out = values[0]->dims;
    int order[IMPORT_MAX_RANK] = {0}, back[IMPORT_MAX_RANK] = {0};
    struct value **turned = ARENA_ARRAY(im->arena, struct value *, count);
    for (size_t i = 1; i < count; i++)
        if (!broadcast_dims(&out, &values[i]->dims, &out)) {
            refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &out),
                   dims_words(im->arena, &values[i]->dims));
            return NULL;
        }
    if (dims_count(&out) < 0) {
        refuse(im, call, "its result %s is too large", dims_words(im->arena, &out));
        return NULL;
    }
    struct node **nodes = ARENA_ARRAY(im->arena, struct node *, count);
    for (size_t i = 0; i < count; i++) {
        turned[i] = view_with_rank(im, values[i], out.rank);
        nodes[i] = values[i]->node;
    }
    if (same_views(values, count)) {
        struct value *merged = merge_nodes(im, call, kind, nodes, count);
        return merged ? view_like(im, values[0], merged->node) : NULL;
    }
    memory_order(turned, count, order);
    struct dims permuted = out;
    for (int i = 0; i < out.rank; i++) {
        permuted.at[i] = out.at[order[i]];
        back[order[i]] = i;
    }
    for (size_t i = 0; i < count; i++)
        turned[i] = view_transpose(im, turned[i], order);
    struct value *result = merge_grouped(im, call, kind, turned, count, &permuted);
    return result ? view_transpose(im, result, back) : NULL;
}

struct value *scale_by(struct importer *im, struct call *call, const struct value *value, double factor, double offset)
{
    struct layer layer = {.kind = LAYER_SCALE, .literal = true};
    const double numbers[] = {factor, offset};
    if (factor == 1 && offset == 0)
        return view_like(im, value, value->node);
    layer.args.has_weight = factor != 1;
    layer.args.bias = offset != 0;
    for (int i = 0; i < 2; i++) {
        struct constant *constant = constant_new(im, 1, (struct dims){0});
        if (!constant) {
            refuse(im, call, "the model is too large");
            return NULL;
        }
        constant_numbers(constant)[0] = numbers[i];
        if (i ? layer.args.bias : layer.args.has_weight)
            layer.constants[i ? ROLE_BIAS : ROLE_WEIGHT] = constant;
    }
    return apply(im, call, &layer, value);
}

/* The only axis along which the constant changes: -1 none, -2 several. */
static int changing_axis(const struct constant *constant, int rank)
{
    int axis = -1;
    for (int i = 0; i < constant->dims.rank; i++)
        if (constant->dims.at[i] > 1)
            axis = axis == -1 ? rank - constant->dims.rank + i : -2;
    return axis;
}

/* A constant as a number an element, in the memory order of the view. */
static const struct constant *spread(struct importer *im, const struct value *value, const struct constant *constant)
{
    const int64_t total = dims_count(&value->dims);
    int64_t stride[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    if (total > LARGEST_SCALE)
        return NULL;
    struct constant *result = constant_new(im, 1, (struct dims){1, {total}});
    if (!result)
        return NULL;
    fold_strides(&constant->dims, &value->dims, stride);
    for (int64_t i = 0; i < total; i++, fold_next(&value->dims, index))
        constant_numbers(result)[fold_offset(&value->dims, index, value->stride)] =
            constant_at(constant, fold_offset(&value->dims, index, stride));
    result->trained = constant->trained;
    result->name = constant->name;
    return result;
}

bool constant_is_layer(const struct importer *im, const struct constant *constant)
{
    return constant->trained && constant->count > 0 && !im->quantised && !im->apart;
}

struct value *constant_view(struct importer *im, struct call *call, const struct constant *constant)
{
    struct layer layer = {.kind = LAYER_CONST, .args.target = natural_shape(&constant->dims)};
    layer.constants[ROLE_WEIGHT] = constant;
    struct node *node = import_add(im, call, &layer, NULL, 0);
    return node ? view_new(im, node, &constant->dims) : NULL;
}

/* A trained tensor that changes along several axes is a layer of its own, which is added or multiplied. */
static struct value *merge_constant(struct importer *im, struct call *call, const struct value *value,
                                    const struct constant *constant, enum weight_role role)
{
    struct value *other = constant_view(im, call, constant);
    struct value *both[] = {view_like(im, value, value->node), other};
    return other ? merge_views(im, call, role == ROLE_WEIGHT ? LAYER_MUL : LAYER_ADD, both, 2) : NULL;
}

/* SCALE with one constant as its factor or offset. */
static struct value *scale_once(struct importer *im, struct call *call, const struct value *value,
                                const struct constant *constant, enum weight_role role)
{
    struct layer layer = {.kind = LAYER_SCALE};
    struct value *x = view_like(im, value, value->node);
    const int axis = changing_axis(constant, value->dims.rank);
    layer.args.has_weight = role == ROLE_WEIGHT;
    layer.args.bias = role == ROLE_BIAS;
    if (axis == -2 && constant_is_layer(im, constant))
        return merge_constant(im, call, value, constant, role);
    if (axis == -1 && !(constant->trained && value->node->shape.c == 1)) {
        const double number = constant_at(constant, 0);
        return role == ROLE_WEIGHT ? scale_by(im, call, value, number, 0) : scale_by(im, call, value, 1, number);
    }
    if (axis >= 0) {
        x = view_channels(im, call, value, axis);
    } else if (axis == -2) {
        constant = spread(im, value, constant);
        const struct layer flat = {.kind = LAYER_FLATTEN};
        x->node = value->node->shape.h * value->node->shape.w > 1 ? import_add1(im, call, &flat, value->node)
                                                                  : value->node;
        x = x->node && constant ? x : NULL;
    }
    layer.constants[role] = constant;
    if (!x) {
        refuse(im, call, "its constant is too large");
        return NULL;
    }
    return apply(im, call, &layer, x);
}

struct value *scale_view(struct importer *im, struct call *call, const struct value *value,
                         const struct constant *factor, const struct constant *offset)
{
    const struct constant *constants[] = {factor, offset};
    struct value *x = view_like(im, value, value->node);
    for (int i = 0; i < 2 && x; i++) {
        struct dims out;
        if (!constants[i])
            continue;
        if (!broadcast_dims(&x->dims, &constants[i]->dims, &out)) {
            refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &x->dims),
                   dims_words(im->arena, &constants[i]->dims));
            return NULL;
        }
        x = dims_equal(&out, &x->dims) ? x : expand_view(im, call, x, &out);
        x = x ? scale_once(im, call, x, constants[i], i ? ROLE_BIAS : ROLE_WEIGHT) : NULL;
    }
    return x;
}

static bool is_shared(struct importer *im, const struct node *node)
{
    for (size_t i = (size_t)node->id + 1; i < im->graph->nodes.count; i++)
        if (im->graph->nodes.items[i]->shares == node)
            return true;
    return node->shares != NULL;
}

/* An offset per channel becomes the bias of the layer before it, if nothing else reads that. */
static bool absorb_offset(struct importer *im, struct call *call, const struct value *value,
                          const struct constant *offset, struct value **result)
{
    struct node *node = value->node;
    const int axis = changing_axis(offset, value->dims.rank);
    const bool kind = node->kind == LAYER_CONV || node->kind == LAYER_DWCONV || node->kind == LAYER_DECONV ||
                      node->kind == LAYER_FC || node->kind == LAYER_SCALE;
    struct dims out;
    if (!kind || node->args.bias || !import_private(im, value) || is_shared(im, node) ||
        (node->kind == LAYER_SCALE && !node->args.has_weight) || !broadcast_dims(&value->dims, &offset->dims, &out) ||
        !dims_equal(&out, &value->dims))
        return false;
    const bool channels = axis >= 0 && offset->count == node->shape.c &&
                          (value->stride[axis] == node->shape.h * node->shape.w) &&
                          value->dims.at[axis] == node->shape.c;
    if (!channels && !(axis == -1 && (!offset->trained || node->shape.c == 1)))
        return false;
    struct layer layer = {.kind = node->kind, .args = node->args};
    memcpy(layer.constants, im->numbers.items[node->id].constants, sizeof layer.constants);
    layer.constants[ROLE_BIAS] = offset;
    layer.args.bias = true;
    if (node->kind == LAYER_SCALE && offset->trained && !node->weights[0].trainable)
        node->name = import_node_name(im, call, &layer);
    if (!import_redo(im, call, node, &layer))
        return false;
    *result = view_like(im, value, node);
    import_outdate(value);
    return true;
}

/* f(c) for every number: the constant that is added instead of subtracted, multiplied instead of divided by. */
static const struct constant *turned_constant(struct importer *im, const struct constant *constant, bool reciprocal)
{
    struct constant *result = constant_new(im, constant->type, constant->dims);
    for (int64_t i = 0; result && i < constant->count; i++) {
        double number = constant_at(constant, i);
        constant_numbers(result)[i] = reciprocal ? 1 / number : -number;
    }
    if (result) {
        result->trained = constant->trained;
        result->name = constant->name;
    }
    return result;
}

static struct value *add_constant(struct importer *im, struct call *call, const struct value *x,
                                  const struct constant *offset)
{
    struct value *result;
    if (absorb_offset(im, call, x, offset, &result))
        return result;
    return call->refusal ? NULL : scale_view(im, call, x, NULL, offset);
}

/* The views of an operator of many inputs merged, then the constants one by one. */
static bool fold_inputs(struct importer *im, struct call *call, enum layer_kind kind)
{
    struct value **views = ARENA_ARRAY(im->arena, struct value *, call->input_count);
    size_t count = 0;
    for (size_t i = 0; i < call->input_count; i++)
        if (call_view(call, i))
            views[count++] = call_view(call, i);
    if (count == 0)
        return refuse(im, call, "it lacks an input");
    struct value *x = count == 1 ? views[0] : merge_views(im, call, kind, views, count);
    for (size_t i = 0; i < call->input_count && x; i++) {
        const struct constant *constant = call_constant(call, i);
        if (constant)
            x = kind == LAYER_ADD ? add_constant(im, call, x, constant) : scale_view(im, call, x, constant, NULL);
    }
    return give(call, x);
}

bool op_add(struct importer *im, struct call *call)
{
    return fold_inputs(im, call, LAYER_ADD);
}

bool op_mul(struct importer *im, struct call *call)
{
    return fold_inputs(im, call, LAYER_MUL);
}

bool op_sub(struct importer *im, struct call *call)
{
    struct value *a = call_view(call, 0), *b = call_view(call, 1);
    if (a && b)
        return give(call, merge_views(im, call, LAYER_SUB, (struct value *[]){a, b}, 2));
    const struct constant *constant = call_constant(call, a ? 1 : 0);
    if (a && constant) {
        const struct constant *negative = turned_constant(im, constant, false);
        return negative ? give(call, add_constant(im, call, a, negative))
                        : refuse(im, call, "its constant is too large");
    }
    struct value *negative = b && constant ? scale_by(im, call, b, -1, 0) : NULL;
    return give(call, negative ? scale_view(im, call, negative, NULL, constant) : NULL) ||
           refuse(im, call, "it lacks an input");
}

/* c/x, with x below it. */
static bool divide_constant(struct importer *im, struct call *call, const struct constant *top, struct value *x)
{
    const struct layer layer = {.kind = LAYER_RECIPROCAL};
    x = apply(im, call, &layer, x);
    if (x && top->count == 1 && top->dims.rank <= x->dims.rank && constant_at(top, 0) == 1)
        return give(call, x);
    return give(call, x ? scale_view(im, call, x, top, NULL) : NULL);
}

bool op_div(struct importer *im, struct call *call)
{
    struct value *a = call_view(call, 0), *b = call_view(call, 1);
    const struct constant *top = call_constant(call, 0), *divisor = call_constant(call, 1);
    if ((a || b) && call->input_count > 1 && !type_is_float(call->inputs[0]->type)) {
        struct value *any = a ? a : b; /* integers, cut off towards 0: a reciprocal would be rounded */
        a = a || !top ? a : constant_like(im, call, any, top);
        b = b || !divisor ? b : constant_like(im, call, any, divisor);
        struct value *quotient = a && b ? merge_views(im, call, LAYER_DIV, (struct value *[]){a, b}, 2) : NULL;
        return give(call, quotient ? whole_view(im, call, quotient) : NULL);
    }
    if (a && b)
        return give(call, merge_views(im, call, LAYER_DIV, (struct value *[]){a, b}, 2));
    if (top && b)
        return divide_constant(im, call, top, b);
    if (!a || !divisor)
        return refuse(im, call, "it lacks an input");
    const struct constant *reciprocal = turned_constant(im, divisor, true);
    return reciprocal ? give(call, scale_view(im, call, a, reciprocal, NULL))
                      : refuse(im, call, "its constant is too large");
}

/* max(x, c): a clip for one number, else max(x - c, 0) + c. */
static struct value *max_constant(struct importer *im, struct call *call, const struct value *x,
                                  const struct constant *constant)
{
    struct layer layer = {.kind = LAYER_CLIP};
    if (constant->count == 1) {
        layer.args.a = constant_number(constant);
        layer.args.b = FLT_MAX;
        if (layer.args.a == 0)
            layer.kind = LAYER_RELU;
        return apply(im, call, &layer, x);
    }
    const struct constant *negative = turned_constant(im, constant, false);
    layer.kind = LAYER_RELU;
    struct value *above = negative ? scale_view(im, call, x, NULL, negative) : NULL;
    above = above ? apply(im, call, &layer, above) : NULL;
    return above ? scale_view(im, call, above, NULL, constant) : NULL;
}

/* min(x, c), likewise: a clip, or c - max(c - x, 0). */
static struct value *min_constant(struct importer *im, struct call *call, const struct value *x,
                                  const struct constant *constant)
{
    const struct layer clip = {.kind = LAYER_CLIP, .args = {.a = -FLT_MAX, .b = constant_number(constant)}};
    const struct layer relu = {.kind = LAYER_RELU};
    if (constant->count == 1)
        return apply(im, call, &clip, x);
    struct value *below = scale_by(im, call, x, -1, 0);
    below = below ? scale_view(im, call, below, NULL, constant) : NULL;
    below = below ? apply(im, call, &relu, below) : NULL;
    below = below ? scale_by(im, call, below, -1, 0) : NULL;
    return below ? scale_view(im, call, below, NULL, constant) : NULL;
}

/* The views of all inputs; how many. */
static size_t all_views(struct importer *im, const struct call *call, struct value ***views)
{
    size_t count = 0;
    *views = ARENA_ARRAY(im->arena, struct value *, call->input_count + 1);
    for (size_t i = 0; i < call->input_count; i++)
        if (call_view(call, i))
            (*views)[count++] = call_view(call, i);
    return count;
}

static struct value *extremum(struct importer *im, struct call *call, enum layer_kind kind)
{
    struct value **views;
    size_t count = all_views(im, call, &views);
    if (count == 0)
        return NULL;
    struct value *x = count == 1 ? views[0] : merge_views(im, call, kind, views, count);
    for (size_t i = 0; i < call->input_count && x; i++) {
        const struct constant *constant = call_constant(call, i);
        if (constant)
            x = kind == LAYER_MIN ? min_constant(im, call, x, constant) : max_constant(im, call, x, constant);
    }
    return x;
}

bool op_max(struct importer *im, struct call *call)
{
    return give(call, extremum(im, call, LAYER_MAX)) || refuse(im, call, "it lacks an input");
}

bool op_min(struct importer *im, struct call *call)
{
    return give(call, extremum(im, call, LAYER_MIN)) || refuse(im, call, "it lacks an input");
}

/* Of tensors alone; with constants, the sum times each one's share. */
bool op_mean(struct importer *im, struct call *call)
{
    struct value **views;
    size_t count = all_views(im, call, &views);
    if (count == 0)
        return refuse(im, call, "it lacks an input");
    if (count == 1 && call->input_count == 1)
        return give(call, view_like(im, views[0], views[0]->node));
    if (count == call->input_count)
        return give(call, merge_views(im, call, LAYER_MEAN, views, count));
    if (!fold_inputs(im, call, LAYER_ADD))
        return false;
    return give(call, scale_by(im, call, call->outputs[0], 1 / (double)call->input_count, 0));
}

bool op_expand(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    int64_t *sizes;
    size_t count;
    if (!x || !call_list(im, call, "shape", 1, &sizes, &count) || count > IMPORT_MAX_RANK)
        return refuse(im, call, "its shape is not a constant");
    struct dims dims = {.rank = (int)count};
    memcpy(dims.at, sizes, count * sizeof *sizes);
    if (!broadcast_dims(&x->dims, &dims, &dims) || dims_count(&dims) < 1)
        return refuse(im, call, "its shape does not fit its input");
    return give(call, dims_equal(&dims, &x->dims) ? x : expand_view(im, call, x, &dims));
}
