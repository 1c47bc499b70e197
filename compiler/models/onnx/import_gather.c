/* Operators that pick elements by constant indices: which element of the input each of the result is. For constants
 * these are copied; for a tensor they are products with a matrix of zeros and ones, or a slice. No layer looks up what
 * the network computes. */
#include <string.h>

#include "base/checked.h"
#include "import.h"

static const char *const picking[] = {"GatherElements", "GatherND", "Compress", "ReverseSequence", NULL};

bool call_is_picking(const struct call *call)
{
    return text_is_one_of(call->type, picking);
}

/* Of a place along an axis, which may count from the end. */
static bool place_at(struct importer *im, struct call *call, const struct constant *indices, int64_t i, int64_t length,
                     int64_t *place)
{
    *place = constant_int(indices, i);
    *place += *place < 0 ? length : 0;
    return (*place >= 0 && *place < length) || refuse(im, call, "index %lld is out of range", (long long)*place);
}

static bool make_room(struct importer *im, struct call *call, struct picks *picks)
{
    picks->count = dims_count(&picks->dims);
    picks->at = picks->count > 0 ? import_integers(im, picks->count) : NULL;
    return picks->at || refuse(im, call, "its result is %s", picks->count ? "too large" : "empty");
}

static bool gather_elements(struct importer *im, struct call *call, const struct dims *dims,
                            const struct constant *indices, struct picks *picks)
{
    int64_t stride[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    int axis;
    if (!call_axis(im, call, call_int(call, "axis", 0), dims->rank, &axis))
        return false;
    for (int i = 0; i < dims->rank; i++)
        if (indices->dims.rank != dims->rank || (i != axis && indices->dims.at[i] > dims->at[i]))
            return refuse(im, call, "its indices %s do not fit its input %s", dims_words(im->arena, &indices->dims),
                          dims_words(im->arena, dims));
    picks->dims = indices->dims;
    if (!make_room(im, call, picks))
        return false;
    fold_strides(dims, dims, stride);
    for (int64_t i = 0; i < picks->count; i++, fold_next(&picks->dims, index)) {
        int64_t place;
        if (!place_at(im, call, indices, i, dims->at[axis], &place))
            return false;
        picks->at[i] = fold_offset(dims, index, stride) + (place - index[axis]) * stride[axis];
    }
    return true;
}

/* The last axis of the indices names places along the axes behind the batch's. */
static bool gather_nd(struct importer *im, struct call *call, const struct dims *dims, const struct constant *indices,
                      struct picks *picks)
{
    const int batch = (int)call_int(call, "batch_dims", 0), rank = indices->dims.rank;
    const int named = rank ? (int)indices->dims.at[rank - 1] : 0;
    int64_t each = 1, batches = 1;
    if (batch < 0 || batch >= rank || named < 1 || batch + named > dims->rank ||
        rank - 1 + dims->rank - batch - named > IMPORT_MAX_RANK)
        return refuse(im, call, "its indices %s do not fit its input %s", dims_words(im->arena, &indices->dims),
                      dims_words(im->arena, dims));
    picks->dims = (struct dims){.rank = 0};
    for (int i = 0; i < rank - 1; i++) {
        picks->dims.at[picks->dims.rank++] = indices->dims.at[i];
        batches *= i < batch ? indices->dims.at[i] : 1;
        if (i < batch && indices->dims.at[i] != dims->at[i])
            return refuse(im, call, "its batches differ");
    }
    for (int i = batch + named; i < dims->rank; i++) {
        picks->dims.at[picks->dims.rank++] = dims->at[i];
        each *= dims->at[i];
    }
    if (!make_room(im, call, picks))
        return false;
    const int64_t rows = indices->count / named;
    for (int64_t r = 0; r < rows; r++) {
        int64_t from = r / (rows / batches);
        for (int k = 0; k < named; k++) {
            int64_t place;
            if (!place_at(im, call, indices, r * named + k, dims->at[batch + k], &place))
                return false;
            from = from * dims->at[batch + k] + place;
        }
        for (int64_t i = 0; i < each; i++)
            picks->at[r * each + i] = from * each + i;
    }
    return true;
}

/* What a constant condition keeps along an axis, or of all elements. */
static bool compress(struct importer *im, struct call *call, const struct dims *dims, const struct constant *condition,
                     struct picks *picks)
{
    struct dims flat = {1, {dims_count(dims)}};
    int64_t kept = 0, inner = 1;
    int axis = 0;
    if (call_attribute(call, "axis")) {
        flat = *dims;
        if (!call_axis(im, call, call_int(call, "axis", 0), dims->rank, &axis))
            return false;
    }
    const int64_t length = flat.at[axis];
    for (int64_t i = 0; i < condition->count && i < length; i++)
        kept += constant_at(condition, i) != 0;
    for (int i = axis + 1; i < flat.rank; i++)
        inner *= flat.at[i];
    picks->dims = flat;
    picks->dims.at[axis] = kept;
    if (!make_room(im, call, picks))
        return false;
    int64_t count = 0;
    for (int64_t o = 0; o < picks->count / kept / inner; o++)
        for (int64_t k = 0; k < length && k < condition->count; k++)
            for (int64_t i = 0; constant_at(condition, k) != 0 && i < inner; i++)
                picks->at[count++] = (o * length + k) * inner + i;
    return true;
}

/* Along the time axis, the first `length' of each batch the other way round. */
static bool reverse_sequence(struct importer *im, struct call *call, const struct dims *dims,
                             const struct constant *lengths, struct picks *picks)
{
    int64_t stride[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    int batch, time;
    if (!call_axis(im, call, call_int(call, "batch_axis", 1), dims->rank, &batch) ||
        !call_axis(im, call, call_int(call, "time_axis", 0), dims->rank, &time))
        return false;
    if (lengths->count != dims->at[batch])
        return refuse(im, call, "it has %lld lengths for %lld sequences", (long long)lengths->count,
                      (long long)dims->at[batch]);
    picks->dims = *dims;
    if (!make_room(im, call, picks))
        return false;
    fold_strides(dims, dims, stride);
    for (int64_t i = 0; i < picks->count; i++, fold_next(dims, index)) {
        const int64_t length = constant_int(lengths, index[batch]), at = index[time];
        if (length < 0 || length > dims->at[time])
            return refuse(im, call, "a length of %lld", (long long)length);
        picks->at[i] = i + (at < length ? length - 1 - 2 * at : 0) * stride[time];
    }
    return true;
}

bool call_picks(struct importer *im, struct call *call, const struct dims *dims, struct picks *picks)
{
    const struct constant *indices = call_constant(call, 1);
    if (!indices || indices->count < 1)
        return refuse(im, call, "its indices are not constants");
    if (dims->rank == 0)
        return refuse(im, call, "its input has no axis");
    if (strcmp(call->type, "GatherElements") == 0)
        return gather_elements(im, call, dims, indices, picks);
    if (strcmp(call->type, "GatherND") == 0)
        return gather_nd(im, call, dims, indices, picks);
    if (strcmp(call->type, "Compress") == 0)
        return compress(im, call, dims, indices, picks);
    return reverse_sequence(im, call, dims, indices, picks);
}

/* Elements of the tensor in flat order. */
static struct value *pick_flat(struct importer *im, struct call *call, struct value *x, const struct picks *picks)
{
    const struct dims flat = {1, {dims_count(&x->dims)}};
    struct value *all = view_reshape(im, call, x, &flat);
    struct value *picked = all ? pick_axis(im, call, all, 0, picks->at, picks->count) : NULL;
    return picked ? view_reshape(im, call, picked, &picks->dims) : NULL;
}

bool op_pick(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    struct picks picks;
    if (!x)
        return refuse(im, call, "it lacks an input");
    return call_picks(im, call, &x->dims, &picks) && give(call, pick_flat(im, call, x, &picks));
}

/* ---- Scatter: the input, in which elements are replaced ---- */

/* Where in the input element `i` of the updates goes, whose place along the axis, or whose row, the indices name. */
static bool scattered_to(struct importer *im, struct call *call, const struct dims *dims,
                         const struct constant *indices, struct picks *to)
{
    if (strcmp(call->type, "ScatterND") == 0)
        return gather_nd(im, call, dims, indices, to);
    return gather_elements(im, call, dims, indices, to);
}

bool op_scatter(struct importer *im, struct call *call)
{
    struct value *x = call->input_count > 2 ? call->inputs[0] : NULL, *updates = x ? call->inputs[2] : NULL;
    const struct constant *indices = call_constant(call, 1);
    struct value *any = call_view(call, 0) ? x : call_view(call, 2);
    struct picks to, picks = {.dims = {0}};
    if (!any || !indices || (!call_view(call, 0) && !call_constant(call, 0)) ||
        (!call_view(call, 2) && !call_constant(call, 2)))
        return refuse(im, call, "its indices are not constants");
    if (strcmp(call_string(call, "reduction", "none"), "none") != 0)
        return refuse(im, call, "reduction=%s; none is supported", call_string(call, "reduction", ""));
    if (x->dims.rank == 0 || !scattered_to(im, call, &x->dims, indices, &to))
        return refuse(im, call, "its input has no axis");
    const struct dims flat = {1, {dims_count(&x->dims)}}, more = {1, {dims_count(&updates->dims)}};
    picks.dims = x->dims;
    if (to.count != more.at[0])
        return refuse(im, call, "it has %lld updates for %lld places", (long long)more.at[0], (long long)to.count);
    if (!make_room(im, call, &picks))
        return false;
    for (int64_t i = 0; i < picks.count; i++)
        picks.at[i] = i;
    for (int64_t i = 0; i < to.count; i++) /* the last of several stays */
        picks.at[to.at[i]] = flat.at[0] + i;
    x = x->kind == VALUE_VIEW ? x : constant_like(im, call, any, x->constant);
    updates = updates->kind == VALUE_VIEW ? updates : constant_like(im, call, any, updates->constant);
    struct value *both[] = {x ? view_reshape(im, call, x, &flat) : NULL,
                            updates ? view_reshape(im, call, updates, &more) : NULL};
    struct value *joined = both[0] && both[1] ? concat_views(im, call, both, 2, 0) : NULL;
    return give(call, joined ? pick_flat(im, call, joined, &picks) : NULL);
}
