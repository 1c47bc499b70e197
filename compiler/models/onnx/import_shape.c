/* Operators that move numbers. Most only change the view. */
#include <string.h>

#include "base/checked.h"
#include "import_fold.h"

bool op_reshape(struct importer *im, struct call *call) /* and Squeeze, Unsqueeze, Flatten */
{
    struct value *x = call_view(call, 0);
    struct dims dims;
    if (!x)
        return refuse(im, call, "it lacks an input");
    return call_new_dims(im, call, &x->dims, &dims) && give(call, view_reshape(im, call, x, &dims));
}

bool op_transpose(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    int order[IMPORT_MAX_RANK];
    if (!x)
        return refuse(im, call, "it lacks an input");
    return call_order(im, call, x->dims.rank, order) && give(call, view_transpose(im, x, order));
}

/* Room for results that are picked or mixed from an axis' elements: [out, n], written into the text. */
static struct constant *mix_matrix(struct importer *im, struct call *call, int64_t out, int64_t n)
{
    int64_t count;
    if (out < 1 || !checked_mul(out, n, &count) || count > LIMIT_MATRIX) {
        refuse(im, call, "its axes are empty or too long");
        return NULL;
    }
    struct constant *matrix = constant_new(im, 1, (struct dims){2, {out, n}});
    if (!matrix)
        refuse(im, call, "it takes too large a matrix");
    return matrix;
}

/* Result i is element picks[i]. */
struct value *pick_axis(struct importer *im, struct call *call, const struct value *value, int axis,
                        const int64_t *picks, int64_t count)
{
    const int64_t n = value->dims.at[axis];
    bool run = true;
    for (int64_t i = 0; i < count; i++)
        run = run && picks[i] == picks[0] + i;
    if (run && count > 0)
        return slice_view(im, call, value, axis, picks[0], picks[0] + count);
    struct constant *matrix = mix_matrix(im, call, count, n);
    for (int64_t i = 0; matrix && i < count; i++)
        constant_numbers(matrix)[i * n + picks[i]] = 1;
    return matrix ? linear_axis(im, call, value, axis, matrix, NULL, true) : NULL;
}

struct value *flip_view(struct importer *im, struct call *call, const struct value *value, int axis)
{
    const int64_t n = value->dims.at[axis];
    if (n > LIMIT_MATRIX / n) {
        refuse(im, call, "its axis is too long");
        return NULL;
    }
    int64_t *picks = import_integers(im, n);
    if (!picks) {
        refuse(im, call, "its axis is too long");
        return NULL;
    }
    for (int64_t i = 0; i < n; i++)
        picks[i] = n - 1 - i;
    return pick_axis(im, call, value, axis, picks, n);
}

bool op_slice(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    struct slices s;
    if (!x || !call_slices(im, call, &x->dims, &s))
        return refuse(im, call, "it lacks an input");
    for (int i = 0; i < call->inputs[0]->dims.rank && x; i++) {
        if (s.count[i] < 1)
            return refuse(im, call, "it would give an empty tensor");
        if (s.step[i] > 0) {
            const int64_t span = (s.count[i] - 1) * s.step[i] + 1;
            x = slice_view(im, call, x, i, s.first[i], s.first[i] + span);
            x = x && s.count[i] > 1 && s.step[i] > 1 ? thin_view(im, call, x, i, s.step[i], s.count[i]) : x;
            continue;
        }
        int64_t *picks = s.count[i] <= LIMIT_MATRIX ? import_integers(im, s.count[i]) : NULL;
        if (!picks)
            return refuse(im, call, "its axis is too long to be reversed");
        for (int64_t k = 0; k < s.count[i]; k++)
            picks[k] = s.first[i] + k * s.step[i];
        x = pick_axis(im, call, x, i, picks, s.count[i]);
    }
    return give(call, x);
}

bool split_sizes(struct importer *im, struct call *call, int64_t length, int64_t **sizes)
{
    size_t count;
    const size_t parts = call->output_count;
    if (call_list(im, call, "split", 1, sizes, &count))
        return count == parts || refuse(im, call, "it has %zu sizes for %zu results", count, parts);
    if (call_has(call, 1))
        return refuse(im, call, "its sizes are not constants");
    *sizes = ARENA_ARRAY(im->arena, int64_t, parts);
    const int64_t each = (length + (int64_t)parts - 1) / (int64_t)parts;
    for (size_t i = 0; i < parts; i++) {
        const int64_t left = length - each * (int64_t)i;
        (*sizes)[i] = left < each ? left : each;
    }
    return true;
}

bool op_split(struct importer *im, struct call *call)
{
    const struct value *x = call_view(call, 0);
    int axis;
    int64_t *sizes, from = 0;
    if (!x || call->output_count == 0)
        return refuse(im, call, "it lacks an input");
    if (!call_axis(im, call, call_int(call, "axis", 0), x->dims.rank, &axis) ||
        !split_sizes(im, call, x->dims.at[axis], &sizes))
        return false;
    for (size_t i = 0; i < call->output_count; i++) {
        int64_t to;
        if (sizes[i] < 1 || !checked_add(from, sizes[i], &to))
            return refuse(im, call, "one of its parts is empty");
        struct value *part = slice_view(im, call, x, axis, from, to);
        if (!part)
            return false;
        call_give(call, i, part);
        from = to;
    }
    return from == x->dims.at[axis] || refuse(im, call, "its parts do not add up to the whole axis");
}

/* Each axis again and again: with a new axis in front, along which it is repeated. */
bool op_tile(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    int64_t *repeats;
    size_t count;
    if (!x || !call_list(im, call, "repeats", 1, &repeats, &count) || count != (size_t)x->dims.rank)
        return refuse(im, call, "its repeats are not constants, one an axis");
    for (int i = 0; x && i < (int)count; i++) {
        struct dims split = {.rank = x->dims.rank + 1}, longer = x->dims;
        if (repeats[i] < 1 || !checked_mul(longer.at[i], repeats[i], &longer.at[i]) || split.rank > IMPORT_MAX_RANK)
            return refuse(im, call, "%lld repeats of axis %d", (long long)repeats[i], i);
        for (int k = 0; k < split.rank; k++)
            split.at[k] = k == i ? 1 : x->dims.at[k < i ? k : k - 1];
        if (repeats[i] == 1)
            continue;
        x = view_reshape(im, call, x, &split);
        split.at[i] = repeats[i];
        x = x ? expand_view(im, call, x, &split) : NULL;
        x = x ? view_reshape(im, call, x, &longer) : NULL;
    }
    return give(call, x ? view_like(im, x, x->node) : NULL);
}

/* Rows of a constant table by computed numbers, as an embedding has them: a mark for the row, times the table. */
static bool gather_rows(struct importer *im, struct call *call, const struct constant *table, struct value *index)
{
    static const int swap[] = {1, 0};
    int axis;
    if (!call_axis(im, call, call_int(call, "axis", 0), table->dims.rank, &axis) || axis != 0 || table->count < 1 ||
        index->dims.rank - 1 + table->dims.rank > IMPORT_MAX_RANK - 1)
        return refuse(im, call, "it takes elements of a constant by computed indices; along axis 0 that is supported");
    const int64_t rows = table->dims.at[0], each = table->count / rows;
    struct dims dims = index->dims, one = index->dims;
    one.at[one.rank++] = 1;
    for (int i = 1; i < table->dims.rank; i++)
        dims.at[dims.rank++] = table->dims.at[i];
    const struct constant *matrix = constant_as(im, table, (struct dims){2, {rows, each}});
    matrix = constant_transpose(im, matrix, swap);
    index = counted_from_end(im, call, index, rows);
    index = index ? view_reshape(im, call, index, &one) : NULL;
    struct value *mark = index && matrix ? one_hot_view(im, call, index, one.rank - 1, rows) : NULL;
    struct value *picked = mark ? linear_axis(im, call, mark, one.rank - 1, matrix, NULL, false) : NULL;
    return give(call, picked ? view_reshape(im, call, picked, &dims) : NULL);
}

bool op_gather(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    if (call_constant(call, 0) && call_view(call, 1))
        return gather_rows(im, call, call_constant(call, 0), call_view(call, 1));
    const struct constant *indices = call_constant(call, 1);
    int axis;
    if (!x || !indices || indices->count < 1 || indices->count > 65536)
        return refuse(im, call, "its indices are not constants");
    if (!call_axis(im, call, call_int(call, "axis", 0), x->dims.rank, &axis))
        return false;
    const int64_t n = x->dims.at[axis];
    int64_t *picks = import_integers(im, indices->count);
    if (!picks)
        return refuse(im, call, "its indices are too many");
    for (int64_t i = 0; i < indices->count; i++) {
        picks[i] = constant_int(indices, i);
        picks[i] += picks[i] < 0 ? n : 0;
        if (picks[i] < 0 || picks[i] >= n)
            return refuse(im, call, "index %lld is out of range", (long long)picks[i]);
    }
    struct dims dims = {.rank = 0};
    if (x->dims.rank - 1 + indices->dims.rank > IMPORT_MAX_RANK)
        return refuse(im, call, "its result has too many dimensions");
    for (int i = 0; i < x->dims.rank; i++)
        if (i != axis)
            dims.at[dims.rank++] = x->dims.at[i];
        else
            for (int k = 0; k < indices->dims.rank; k++)
                dims.at[dims.rank++] = indices->dims.at[k];
    struct value *picked = pick_axis(im, call, x, axis, picks, indices->count);
    return give(call, picked ? view_reshape(im, call, picked, &dims) : NULL);
}

/* DepthToSpace and SpaceToDepth are transposes of six axes. */
static struct value *rearrange(struct importer *im, struct call *call, const struct value *x, const struct dims *split,
                               const int *order, const struct dims *joined)
{
    struct value *y = view_reshape(im, call, x, split);
    return y ? view_reshape(im, call, view_transpose(im, y, order), joined) : NULL;
}

bool op_depth_to_space(struct importer *im, struct call *call)
{
    static const int dcr[] = {0, 3, 4, 1, 5, 2}, crd[] = {0, 1, 4, 2, 5, 3};
    const struct value *x = call_view(call, 0);
    const int64_t b = call_int(call, "blocksize", 0);
    if (!x || x->dims.rank != 4 || b < 1 || b > 1024 || x->dims.at[1] % (b * b))
        return refuse(im, call, "its blocksize does not fit its input");
    const int64_t *d = x->dims.at, c = d[1] / (b * b);
    const char *mode = call_string(call, "mode", "DCR");
    const bool columns = strcmp(mode, "CRD") == 0;
    if (!columns && strcmp(mode, "DCR") != 0)
        return refuse(im, call, "mode %s", mode);
    const struct dims deep = {6, {d[0], b, b, c, d[2], d[3]}}, wide = {6, {d[0], c, b, b, d[2], d[3]}};
    const struct dims joined = {4, {d[0], c, d[2] * b, d[3] * b}};
    return give(call, rearrange(im, call, x, columns ? &wide : &deep, columns ? crd : dcr, &joined));
}

bool op_space_to_depth(struct importer *im, struct call *call)
{
    static const int order[] = {0, 3, 5, 1, 2, 4};
    const struct value *x = call_view(call, 0);
    const int64_t b = call_int(call, "blocksize", 0);
    if (!x || x->dims.rank != 4 || b < 1 || b > 1024 || x->dims.at[2] % b || x->dims.at[3] % b)
        return refuse(im, call, "its blocksize does not fit its input");
    const int64_t *d = x->dims.at;
    const struct dims split = {6, {d[0], d[1], d[2] / b, b, d[3] / b, b}};
    const struct dims joined = {4, {d[0], d[1] * b * b, d[2] / b, d[3] / b}};
    return give(call, rearrange(im, call, x, &split, order, &joined));
}

/* ---- Pad ---- */

enum { PAD_EDGE, PAD_REFLECT, PAD_WRAP };

static int64_t reflected(int64_t i, int64_t n, int mode)
{
    if (mode == PAD_WRAP)
        return (i % n + n) % n;
    if (mode == PAD_EDGE || n == 1)
        return i < 0 ? 0 : i >= n ? n - 1 : i;
    const int64_t period = 2 * (n - 1);
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

static struct value *pad_mirrored(struct importer *im, struct call *call, const struct value *x, int axis,
                                  int64_t before, int64_t after, int mode)
{
    const int64_t n = x->dims.at[axis], count = n + before + after;
    struct constant *matrix = mix_matrix(im, call, count, n);
    for (int64_t i = 0; matrix && i < count; i++)
        constant_numbers(matrix)[i * n + reflected(i - before, n, mode)] = 1;
    return matrix ? linear_axis(im, call, x, axis, matrix, NULL, true) : NULL;
}

struct value *pad_axis(struct importer *im, struct call *call, const struct value *x, int axis, int64_t before,
                       int64_t after, double number)
{
    struct value *result = view_like(im, x, x->node);
    struct layer layer = {.kind = LAYER_PAD, .args.value = number};
    enum axis which;
    struct node *node = x->node;
    if (view_node_axis(x, axis, &which) && which == AXIS_C) {
        layer.args.pad_c_front = before;
        layer.args.pad_c_back = after;
    } else if (view_node_axis(x, axis, &which) && which == AXIS_W) {
        layer.args.pad.left = before;
        layer.args.pad.right = after;
    } else {
        if (!view_node_axis(x, axis, &which))
            node = view_rows(im, call, x, axis, x->dims.at[axis]);
        layer.args.pad.top = before;
        layer.args.pad.bottom = after;
    }
    result->node = node ? import_add1(im, call, &layer, node) : NULL;
    if (x->dims.at[axis] == 1) { /* an axis that had no place in memory: it is the last one now */
        for (int i = 0; i < x->dims.rank; i++)
            result->stride[i] *= x->dims.at[i] > 1 ? before + after + 1 : 1;
        result->stride[axis] = 1;
        result->dims.at[axis] += before + after;
    } else {
        view_resize_axis(result, axis, x->dims.at[axis] + before + after);
    }
    return result->node ? result : NULL;
}

/* An image whose axes lie as the node's do is padded all at once. */
static struct value *pad_image(struct importer *im, struct call *call, const struct value *x, const int64_t *before,
                               const int64_t *after, double number)
{
    const int rank = x->dims.rank;
    struct layer layer = {.kind = LAYER_PAD, .args.value = number};
    if (rank < 3 || rank > 4 || x->dims.at[0] != 1 || before[0] || after[0] || !view_ordered(x))
        return NULL;
    layer.args.pad_c_front = before[1];
    layer.args.pad_c_back = after[1];
    layer.args.pad = (struct padding){before[2], rank == 4 ? before[3] : 0, after[2], rank == 4 ? after[3] : 0};
    struct node *node = view_shaped(im, call, x, natural_shape(&x->dims));
    node = node ? import_add1(im, call, &layer, node) : NULL;
    struct dims dims = x->dims;
    for (int i = 0; i < rank; i++)
        dims.at[i] += before[i] + after[i];
    return node ? view_new(im, node, &dims) : NULL;
}

static bool pad_amounts(struct importer *im, struct call *call, const struct dims *dims, int64_t *before,
                        int64_t *after)
{
    int64_t *pads, *axes = NULL;
    size_t count, axis_count = 0;
    if (!call_list(im, call, "pads", 1, &pads, &count))
        return refuse(im, call, "its pads are not constants");
    const bool listed = call_has(call, 3) && call_list(im, call, "axes", 3, &axes, &axis_count);
    const size_t length = listed ? axis_count : (size_t)dims->rank;
    if (count != 2 * length)
        return refuse(im, call, "it has %zu pads for %zu axes", count, length);
    for (int i = 0; i < dims->rank; i++)
        before[i] = after[i] = 0;
    for (size_t i = 0; i < length; i++) {
        int axis;
        if (!call_axis(im, call, listed ? axes[i] : (int64_t)i, dims->rank, &axis))
            return false;
        before[axis] = pads[i];
        after[axis] = pads[length + i];
        if (before[axis] > (1 << 30) || after[axis] > (1 << 30) || before[axis] < -(1 << 30) ||
            after[axis] < -(1 << 30))
            return refuse(im, call, "its pads are out of range");
    }
    return true;
}

bool op_pad(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    int64_t before[IMPORT_MAX_RANK] = {0}, after[IMPORT_MAX_RANK] = {0};
    const char *mode = call_string(call, "mode", "constant");
    const struct constant *fill = call_constant(call, 2);
    const double number = fill && fill->count ? constant_number(fill) : call_float(call, "value", 0);
    if (!x || !pad_amounts(im, call, &x->dims, before, after))
        return refuse(im, call, "it lacks an input");
    if (call_has(call, 2) && !fill)
        return refuse(im, call, "its value is not a constant");
    bool any = false, mirrored = strcmp(mode, "constant") != 0;
    for (int i = 0; x && i < x->dims.rank; i++) {
        const int64_t from = before[i] < 0 ? -before[i] : 0, less = after[i] < 0 ? -after[i] : 0;
        x = slice_view(im, call, x, i, from, x->dims.at[i] - less);
        before[i] += from;
        after[i] += less;
        any = any || before[i] || after[i];
    }
    if (!x || !any)
        return give(call, x);
    struct value *image = mirrored ? NULL : pad_image(im, call, x, before, after, number);
    if (image)
        return give(call, image);
    const bool known = strcmp(mode, "edge") == 0 || strcmp(mode, "wrap") == 0 || strcmp(mode, "reflect") == 0;
    if (mirrored && !known)
        return refuse(im, call, "mode %s", mode);
    const int how = strcmp(mode, "edge") == 0 ? PAD_EDGE : strcmp(mode, "wrap") == 0 ? PAD_WRAP : PAD_REFLECT;
    for (int i = 0; i < call->inputs[0]->dims.rank && x; i++)
        if (before[i] || after[i])
            x = mirrored ? pad_mirrored(im, call, x, i, before[i], after[i], how)
                         : pad_axis(im, call, x, i, before[i], after[i], number);
    return give(call, x);
}
