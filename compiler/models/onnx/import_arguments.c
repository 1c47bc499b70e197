/* The arguments of operators that only rearrange: the same for constants and for tensors. */
#include <string.h>

#include "base/checked.h"
#include "import_fold.h"

static bool slice_range(int64_t length, int64_t from, int64_t to, int64_t step, int64_t *first, int64_t *count)
{
    const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;
    if (step == 0 || step < -((int64_t)1 << 40) || step > ((int64_t)1 << 40))
        return false;
    from = from < 0 ? (from < -length ? low : from + length) : from;
    to = to < 0 ? (to < -length ? low : to + length) : to;
    from = from < low ? low : from > high ? high : from;
    to = to < low ? low : to > high ? high : to;
    if (from < 0 && step > 0)
        from = 0;
    const int64_t distance = step > 0 ? to - from : from - to, stride = step > 0 ? step : -step;
    *first = from;
    *count = distance > 0 ? (distance + stride - 1) / stride : 0;
    return true;
}

bool call_slices(struct importer *im, struct call *call, const struct dims *dims, struct slices *slices)
{
    int64_t *starts, *ends, *axes = NULL, *steps = NULL;
    size_t count, end_count, axis_count = 0, step_count = 0;
    for (int i = 0; i < dims->rank; i++) {
        slices->first[i] = 0;
        slices->count[i] = dims->at[i];
        slices->step[i] = 1;
    }
    if (!call_list(im, call, "starts", 1, &starts, &count) || !call_list(im, call, "ends", 2, &ends, &end_count))
        return refuse(im, call, "its starts and ends are not constants");
    const bool has_axes = call_list(im, call, "axes", 3, &axes, &axis_count);
    const bool has_steps = call_list(im, call, "steps", 4, &steps, &step_count);
    if ((call_has(call, 3) && !has_axes) || (call_has(call, 4) && !has_steps) || end_count != count ||
        (has_axes && axis_count != count) || (has_steps && step_count != count))
        return refuse(im, call, "its axes and steps do not fit its starts");
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, has_axes ? axes[i] : (int64_t)i, dims->rank, &axis))
            return false;
        slices->step[axis] = has_steps ? steps[i] : 1;
        if (!slice_range(dims->at[axis], starts[i], ends[i], slices->step[axis], &slices->first[axis],
                         &slices->count[axis]))
            return refuse(im, call, "its step is not valid");
    }
    return true;
}

static bool reshape_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims)
{
    int64_t *sizes, known = 1;
    size_t count;
    int open = -1;
    if (!call_list(im, call, "shape", 1, &sizes, &count) || count > IMPORT_MAX_RANK)
        return refuse(im, call, "its shape is not a constant of at most %d dimensions", IMPORT_MAX_RANK);
    dims->rank = (int)count;
    for (int i = 0; i < dims->rank; i++) {
        int64_t size = sizes[i];
        if (size == 0 && !call_int(call, "allowzero", 0))
            size = i < old->rank ? old->at[i] : 0;
        if (size == -1 && open < 0)
            open = i;
        else if (size < 0 || !checked_mul(known, size, &known))
            return refuse(im, call, "its shape is not valid");
        dims->at[i] = size;
    }
    const int64_t total = dims_count(old);
    if (open >= 0 && known > 0 && total % known == 0)
        dims->at[open] = total / known;
    if (dims_count(dims) != total)
        return refuse(im, call, "%s cannot be read as %s", dims_words(im->arena, old), dims_words(im->arena, dims));
    return true;
}

static bool squeeze_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims)
{
    int64_t *axes = NULL;
    size_t count = 0;
    bool drop[IMPORT_MAX_RANK] = {false};
    const bool listed = call_list(im, call, "axes", 1, &axes, &count);
    if (!listed && call_has(call, 1))
        return refuse(im, call, "its axes are not constants");
    for (int i = 0; i < old->rank && !listed; i++)
        drop[i] = old->at[i] == 1;
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, axes[i], old->rank, &axis))
            return false;
        if (old->at[axis] != 1)
            return refuse(im, call, "axis %d of %s is not 1", axis, dims_words(im->arena, old));
        drop[axis] = true;
    }
    dims->rank = 0;
    for (int i = 0; i < old->rank; i++)
        if (!drop[i])
            dims->at[dims->rank++] = old->at[i];
    return true;
}

static bool unsqueeze_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims)
{
    int64_t *axes;
    size_t count;
    bool fresh[IMPORT_MAX_RANK] = {false};
    if (!call_list(im, call, "axes", 1, &axes, &count) || (int)count + old->rank > IMPORT_MAX_RANK)
        return refuse(im, call, "its axes are not constants that make at most %d dimensions", IMPORT_MAX_RANK);
    dims->rank = old->rank + (int)count;
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, axes[i], dims->rank, &axis))
            return false;
        if (fresh[axis])
            return refuse(im, call, "its axes repeat");
        fresh[axis] = true;
    }
    for (int i = 0, from = 0; i < dims->rank; i++)
        dims->at[i] = fresh[i] ? 1 : old->at[from++];
    return true;
}

static bool flatten_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims)
{
    int64_t axis = call_int(call, "axis", 1);
    axis += axis < 0 ? old->rank : 0;
    if (axis < 0 || axis > old->rank)
        return refuse(im, call, "its axis is out of range");
    *dims = (struct dims){2, {1, 1}};
    for (int i = 0; i < old->rank; i++)
        dims->at[i >= axis] *= old->at[i];
    return true;
}

bool call_new_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims)
{
    memset(dims, 0, sizeof *dims);
    if (strcmp(call->type, "Reshape") == 0)
        return reshape_dims(im, call, old, dims);
    if (strcmp(call->type, "Squeeze") == 0)
        return squeeze_dims(im, call, old, dims);
    if (strcmp(call->type, "Unsqueeze") == 0)
        return unsqueeze_dims(im, call, old, dims);
    return flatten_dims(im, call, old, dims);
}

bool call_order(struct importer *im, struct call *call, int rank, int *order)
{
    const int64_t *axes;
    size_t count;
    bool seen[IMPORT_MAX_RANK] = {false};
    if (!call_ints(call, "perm", &axes, &count)) {
        for (int i = 0; i < rank; i++)
            order[i] = rank - 1 - i;
        return true;
    }
    for (size_t i = 0; i < count && (int)count == rank; i++) {
        if (axes[i] < 0 || axes[i] >= rank || seen[axes[i]])
            return refuse(im, call, "its perm is not an order of axes");
        seen[axes[i]] = true;
        order[i] = (int)axes[i];
    }
    return (int)count == rank || refuse(im, call, "its perm is not an order of axes");
}
