/* Folding: operators whose inputs are all constants (or that ask only for a shape) are computed at
 * once. Models compute sizes, indices and padding so. What an operator means is import_fold_ops.c's. */
#include "import_fold.h"

#include <string.h>

#include "base/checked.h"

const struct constant *constant_as(struct importer *im, const struct constant *constant, struct dims dims)
{
    struct constant *same = ARENA_NEW(im->arena, struct constant);
    *same = *constant;
    same->dims = dims;
    return same;
}

const struct constant *constant_transpose(struct importer *im, const struct constant *constant, const int *order)
{
    const char *key = arena_printf(im->arena, "%p", (const void *)constant->origin);
    struct dims dims = constant->dims;
    for (int i = 0; i < dims.rank; i++) {
        key = arena_printf(im->arena, "%s %d:%lld", key, order[i], (long long)constant->dims.at[i]);
        dims.at[i] = constant->dims.at[order[i]];
    }
    struct constant *done = map_get(&im->transposed, key);
    if (done)
        return done;
    float *floats = NULL;
    struct constant *result = constant->floats ? constant_new_floats(im, dims, &floats)
                                               : constant_new(im, constant->type, dims);
    if (!result)
        return NULL;
    int64_t flat[IMPORT_MAX_RANK] = {0}, stride[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    fold_strides(&constant->dims, &constant->dims, flat);
    for (int i = 0; i < dims.rank; i++)
        stride[i] = flat[order[i]];
    for (int64_t i = 0; i < result->count; i++, fold_next(&dims, index)) {
        const int64_t from = fold_offset(&dims, index, stride);
        if (floats)
            floats[i] = constant->floats[from];
        else
            constant_numbers(result)[i] = constant_at(constant, from);
    }
    result->trained = constant->trained;
    result->name = constant->name;
    result->scales = constant->scales;
    map_set(im->arena, &im->transposed, key, result);
    return result;
}

static bool give_constant(struct importer *im, struct call *call, struct constant *result)
{
    if (!result)
        return refuse(im, call, "its result is too large to compute here");
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

static bool fold_constant(struct importer *im, struct call *call)
{
    const struct attribute *attribute;
    struct dims dims = {0};
    if ((attribute = call_attribute(call, "value")) && (attribute->tensor || attribute->tensor_error)) {
        if (!attribute->tensor)
            return refuse(im, call, "%s", attribute->tensor_error);
        call_give_constant(im, call, 0, attribute->tensor);
        return true;
    }
    if ((attribute = call_attribute(call, "value_float")) || (attribute = call_attribute(call, "value_int"))) {
        struct constant *result = constant_new(im, attribute->has_f ? 1 : 7, dims);
        if (result)
            constant_numbers(result)[0] = attribute->has_f ? (double)attribute->f : (double)attribute->i;
        return give_constant(im, call, result);
    }
    if ((attribute = call_attribute(call, "value_floats")) || (attribute = call_attribute(call, "value_ints"))) {
        const bool real = attribute->n_floats > 0;
        dims = (struct dims){1, {(int64_t)(real ? attribute->n_floats : attribute->n_ints)}};
        struct constant *result = constant_new(im, real ? 1 : 7, dims);
        for (int64_t i = 0; result && i < result->count; i++)
            constant_numbers(result)[i] = real ? (double)attribute->floats[i] : (double)attribute->ints[i];
        return give_constant(im, call, result);
    }
    return refuse(im, call, "it holds no numeric tensor");
}

static bool constant_dims(const struct constant *shape, struct dims *dims)
{
    if (!shape || shape->dims.rank > 1 || shape->count > IMPORT_MAX_RANK)
        return false;
    dims->rank = (int)shape->count;
    for (int i = 0; i < dims->rank; i++)
        dims->at[i] = constant_int(shape, i);
    return true;
}

static bool fold_constant_of_shape(struct importer *im, struct call *call)
{
    const struct attribute *attribute = call_attribute(call, "value");
    const struct constant *value = attribute ? attribute->tensor : NULL;
    struct dims dims;
    if (!constant_dims(call_constant(call, 0), &dims) || (attribute && (!value || value->count != 1)))
        return refuse(im, call, "its shape or value is not valid");
    struct constant *result = constant_new(im, value ? value->type : 1, dims);
    for (int64_t i = 0; result && value && i < result->count; i++)
        constant_numbers(result)[i] = constant_at(value, 0);
    return give_constant(im, call, result);
}

static bool fold_shape(struct importer *im, struct call *call)
{
    const struct value *input = call->inputs[0];
    const bool size = strcmp(call->type, "Size") == 0;
    const int rank = input->dims.rank;
    int64_t from = call_int(call, "start", 0), to = call_int(call, "end", rank);
    from = from < 0 ? from + rank : from;
    to = to < 0 ? to + rank : to;
    from = from < 0 ? 0 : from > rank ? rank : from;
    to = to < from ? from : to > rank ? rank : to;
    struct constant *result = constant_new(im, 7, size ? (struct dims){0} : (struct dims){1, {to - from}});
    for (int64_t i = 0; result && i < result->count; i++)
        constant_numbers(result)[i] = size ? (double)dims_count(&input->dims) : (double)input->dims.at[from + i];
    return give_constant(im, call, result);
}

static bool fold_identity(struct importer *im, struct call *call)
{
    call_give_constant(im, call, 0, call_constant(call, 0));
    return true;
}

static bool fold_gather(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0), *indices = call_constant(call, 1);
    int axis;
    if (!call_axis(im, call, call_int(call, "axis", 0), data->dims.rank, &axis))
        return false;
    if (data->dims.rank - 1 + indices->dims.rank > IMPORT_MAX_RANK)
        return refuse(im, call, "its result has too many dimensions");
    struct dims dims = {.rank = 0};
    int64_t outer = 1, inner = 1;
    for (int i = 0; i < axis; i++)
        outer *= dims.at[dims.rank++] = data->dims.at[i];
    for (int i = 0; i < indices->dims.rank; i++)
        dims.at[dims.rank++] = indices->dims.at[i];
    for (int i = axis + 1; i < data->dims.rank; i++)
        inner *= dims.at[dims.rank++] = data->dims.at[i];
    struct constant *result = constant_new(im, data->type, dims);
    if (!result)
        return give_constant(im, call, NULL);
    double *numbers = constant_numbers(result);
    const int64_t length = data->dims.at[axis];
    for (int64_t o = 0; o < outer && result->count; o++)
        for (int64_t k = 0; k < indices->count; k++) {
            int64_t index = constant_int(indices, k);
            index += index < 0 ? length : 0;
            if (index < 0 || index >= length)
                return refuse(im, call, "its index %lld is out of range", (long long)index);
            for (int64_t i = 0; i < inner; i++)
                *numbers++ = constant_at(data, (o * length + index) * inner + i);
        }
    return give_constant(im, call, result);
}

static bool fold_concat(struct importer *im, struct call *call)
{
    const struct constant *first = call_constant(call, 0);
    int axis;
    if (!call_axis(im, call, call_int(call, "axis", 0), first->dims.rank, &axis))
        return false;
    struct dims dims = first->dims;
    int64_t outer = 1;
    for (int i = 0; i < axis; i++)
        outer *= dims.at[i];
    dims.at[axis] = 0;
    for (size_t i = 0; i < call->input_count; i++) {
        const struct constant *part = call_constant(call, i);
        struct dims same = part->dims;
        if (same.rank != dims.rank || !checked_add(dims.at[axis], same.at[axis], &dims.at[axis]))
            return refuse(im, call, "its inputs do not fit together");
        same.at[axis] = first->dims.at[axis];
        if (!dims_equal(&same, &first->dims))
            return refuse(im, call, "its inputs do not fit together");
    }
    struct constant *result = constant_new(im, first->type, dims);
    double *numbers = result ? constant_numbers(result) : NULL;
    for (int64_t o = 0; result && result->count && o < outer; o++)
        for (size_t i = 0; i < call->input_count; i++) {
            const struct constant *part = call_constant(call, i);
            const int64_t length = outer ? part->count / outer : 0;
            for (int64_t k = 0; k < length; k++)
                *numbers++ = constant_at(part, o * length + k);
        }
    return give_constant(im, call, result);
}

static bool fold_slice(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    struct slices slices;
    if (!call_slices(im, call, &data->dims, &slices))
        return false;
    int64_t stride[IMPORT_MAX_RANK] = {0}, index[IMPORT_MAX_RANK] = {0}, offset = 0;
    struct dims dims = data->dims;
    fold_strides(&dims, &dims, stride);
    for (int i = 0; i < dims.rank; i++) {
        offset += slices.count[i] ? slices.first[i] * stride[i] : 0;
        stride[i] *= slices.count[i] > 1 ? slices.step[i] : 1;
        dims.at[i] = slices.count[i];
    }
    struct constant *result = constant_new(im, data->type, dims);
    for (int64_t i = 0; result && i < result->count; i++, fold_next(&dims, index))
        constant_numbers(result)[i] = constant_at(data, offset + fold_offset(&dims, index, stride));
    return give_constant(im, call, result);
}

static bool fold_shape_change(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    struct dims dims;
    if (!call_new_dims(im, call, &data->dims, &dims))
        return false;
    call_give_constant(im, call, 0, constant_as(im, data, dims));
    return true;
}

static bool fold_transpose(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    int order[IMPORT_MAX_RANK];
    if (!call_order(im, call, data->dims.rank, order))
        return false;
    const struct constant *result = constant_transpose(im, data, order);
    if (!result)
        return give_constant(im, call, NULL);
    call_give_constant(im, call, 0, result);
    return true;
}

static bool fold_expand(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    struct dims dims;
    if (!constant_dims(call_constant(call, 1), &dims) || !broadcast_dims(&data->dims, &dims, &dims))
        return refuse(im, call, "its shape does not fit its input");
    int64_t stride[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    fold_strides(&data->dims, &dims, stride);
    struct constant *result = constant_new(im, data->type, dims);
    for (int64_t i = 0; result && i < result->count; i++, fold_next(&dims, index))
        constant_numbers(result)[i] = constant_at(data, fold_offset(&dims, index, stride));
    return give_constant(im, call, result);
}

static bool fold_range(struct importer *im, struct call *call)
{
    const struct constant *start = call_constant(call, 0), *limit = call_constant(call, 1),
                          *delta = call_constant(call, 2);
    if (start->count != 1 || limit->count != 1 || !delta || delta->count != 1 || constant_at(delta, 0) == 0)
        return refuse(im, call, "its bounds are not valid");
    const double from = constant_at(start, 0), step = constant_at(delta, 0);
    const double length = (constant_at(limit, 0) - from) / step;
    if (!(length < (double)LIMIT_ELEMENTS))
        return give_constant(im, call, NULL);
    int64_t count = length > 0 ? (int64_t)length : 0;
    count += (double)count < length;
    struct constant *result = constant_new(im, start->type, (struct dims){1, {count}});
    for (int64_t i = 0; result && i < count; i++)
        constant_numbers(result)[i] = from + step * (double)i;
    return give_constant(im, call, result);
}

struct folder {
    const char *type;
    import_function *function;
    size_t inputs; /* needed */
};
static const struct folder folders[] = {
    {"Constant", fold_constant, 0},
    {"ConstantOfShape", fold_constant_of_shape, 1},
    {"Identity", fold_identity, 1},
    {"Gather", fold_gather, 2},
    {"Concat", fold_concat, 1},
    {"Slice", fold_slice, 1},
    {"Reshape", fold_shape_change, 1},
    {"Squeeze", fold_shape_change, 1},
    {"Unsqueeze", fold_shape_change, 1},
    {"Flatten", fold_shape_change, 1},
    {"Transpose", fold_transpose, 1},
    {"Expand", fold_expand, 2},
    {"Range", fold_range, 3},
    {"Split", fold_split, 1},
    {"Tile", fold_tile, 2},
    {"ReduceSum", fold_reduce, 1},
    {"ReduceMean", fold_reduce, 1},
    {"ReduceMax", fold_reduce, 1},
    {"ReduceMin", fold_reduce, 1},
    {"ReduceProd", fold_reduce, 1},
    {"Clip", fold_clip, 1},
    {"MatMul", fold_matmul, 2},
    {"Cast", fold_elementwise, 1},
    {"Dropout", fold_identity, 1},
};

bool import_fold(struct importer *im, struct call *call)
{
    if ((strcmp(call->type, "Shape") == 0 || strcmp(call->type, "Size") == 0) && call->input_count == 1 &&
        (call_view(call, 0) || call_constant(call, 0)))
        return fold_shape(im, call);
    if (call->output_count && (fold_made(im, call) || call->refusal))
        return true;
    size_t constants = 0, leading = 0; /* in all, and before the first that is left out */
    for (size_t i = 0; i < call->input_count; i++) {
        if (call_has(call, i) && !call_constant(call, i))
            return false;
        constants += call_constant(call, i) != NULL;
        leading += leading == i && call_constant(call, i);
    }
    if (call->output_count == 0)
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strcmp(call->type, folders[i].type) == 0) {
            const size_t needed = strcmp(call->type, "Concat") == 0 ? call->input_count : folders[i].inputs;
            if (leading < needed || (folders[i].inputs && leading == 0))
                return refuse(im, call, "it lacks an input");
            return folders[i].function(im, call);
        }
    return constants && constants == call->input_count && fold_elementwise(im, call);
}
