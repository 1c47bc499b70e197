/* Places: where the largest numbers along an axis are, numbers that mark a place, and sums up to one. */
#include <math.h>
#include <string.h>

#include "import.h"

enum { MOST_PLACES = 32 }; /* of TopK, each of which takes a few layers */

struct value *one_hot_view(struct importer *im, struct call *call, const struct value *index, int axis, int64_t n)
{
    const struct constant *numbers = counting(im, call, index->dims.rank, axis, n);
    struct constant *negative = numbers ? constant_new(im, ONNX_FLOAT, numbers->dims) : NULL;
    for (int64_t i = 0; negative && i < n; i++)
        constant_numbers(negative)[i] = -constant_at(numbers, i);
    struct value *distance = negative ? scale_view(im, call, index, NULL, negative) : NULL;
    return distance ? compare_number(im, call, LAYER_EQUAL, distance, 0) : NULL;
}

/* The last of several that are as large is the first from behind. */
bool op_argmax(struct importer *im, struct call *call)
{
    const struct value *x = call_view(call, 0);
    int axis;
    if (!x || !call_axis(im, call, call_int(call, "axis", 0), x->dims.rank, &axis))
        return refuse(im, call, "it lacks an input");
    const int64_t n = x->dims.at[axis];
    const bool last = call_int(call, "select_last_index", 0) != 0;
    if (strcmp(call->type, "ArgMin") == 0)
        x = scale_by(im, call, x, -1, 0);
    if (x && last && n > 1)
        x = flip_view(im, call, x, axis);
    struct value *place = x ? place_of_largest(im, call, x, axis, call_int(call, "keepdims", 1) != 0) : NULL;
    return give(call, place && last ? scale_by(im, call, place, -1, (double)(n - 1)) : place);
}

/* Before opset 13 over everything from the axis on. */
bool op_hardmax(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    int axis;
    if (!x || !call_axis(im, call, call_int(call, "axis", im->opset < 13 ? 1 : -1), x->dims.rank, &axis))
        return refuse(im, call, "it lacks an input");
    const struct dims dims = x->dims;
    if (im->opset < 13) {
        struct dims flat = {2, {1, 1}};
        for (int i = 0; i < dims.rank; i++)
            flat.at[i >= axis] *= dims.at[i];
        x = view_reshape(im, call, x, &flat);
        axis = 1;
    }
    const int64_t n = x ? x->dims.at[axis] : 0;
    struct value *place = x ? place_of_largest(im, call, x, axis, true) : NULL;
    struct value *mark = place ? one_hot_view(im, call, place, axis, n) : NULL;
    return give(call, mark && im->opset < 13 ? view_reshape(im, call, mark, &dims) : mark);
}

struct value *counted_from_end(struct importer *im, struct call *call, struct value *index, int64_t n)
{
    struct value *below = compare_number(im, call, LAYER_LESS, index, 0);
    struct value *more = below ? scale_by(im, call, below, (double)n, 0) : NULL;
    return more ? merge_views(im, call, LAYER_ADD, (struct value *[]){index, more}, 2) : NULL;
}

bool op_one_hot(struct importer *im, struct call *call)
{
    struct value *index = call_view(call, 0);
    const struct constant *depth = call_constant(call, 1), *values = call_constant(call, 2);
    int axis;
    if (!index || !depth || depth->count != 1 || !values || values->count != 2)
        return refuse(im, call, "its depth and its values are not constants");
    const int64_t n = constant_int(depth, 0);
    if (n < 1 || n > LIMIT_ENTRIES || index->dims.rank == IMPORT_MAX_RANK)
        return refuse(im, call, "its depth %lld is out of range", (long long)n);
    if (!call_axis(im, call, call_int(call, "axis", -1), index->dims.rank + 1, &axis))
        return false;
    struct dims dims = {.rank = index->dims.rank + 1};
    for (int i = 0; i < dims.rank; i++)
        dims.at[i] = i == axis ? 1 : index->dims.at[i < axis ? i : i - 1];
    const double off = constant_at(values, 0), on = constant_at(values, 1);
    index = counted_from_end(im, call, index, n);
    index = index ? view_reshape(im, call, index, &dims) : NULL;
    struct value *mark = index ? one_hot_view(im, call, index, axis, n) : NULL;
    return give(call, mark ? scale_by(im, call, mark, on - off, off) : NULL);
}

/* The largest numbers one after another, each of which is out of the way for the next. */
bool op_topk(struct importer *im, struct call *call)
{
    const struct constant *number = call_constant(call, 1);
    const bool smallest = call_int(call, "largest", 1) == 0;
    const int64_t k = number && number->count == 1 ? constant_int(number, 0) : call_int(call, "k", 0);
    struct value *x = call_view(call, 0), *values[MOST_PLACES], *places[MOST_PLACES];
    bool reduced[IMPORT_MAX_RANK] = {false};
    int axis;
    if (!x || (call_has(call, 1) && !number))
        return refuse(im, call, "its k is not a constant");
    if (!call_axis(im, call, call_int(call, "axis", -1), x->dims.rank, &axis))
        return false;
    const int64_t n = x->dims.at[axis];
    if (k < 1 || k > MOST_PLACES || k > n)
        return refuse(im, call, "k=%lld of %lld; from 1 to %d are supported", (long long)k, (long long)n, MOST_PLACES);
    const struct constant *none = one_number(im, call, -(double)INFINITY);
    struct value *least = none && k > 1 ? constant_like(im, call, x, none) : NULL;
    reduced[axis] = true;
    x = smallest ? scale_by(im, call, x, -1, 0) : x;
    for (int64_t i = 0; i < k; i++) {
        places[i] = x ? place_of_largest(im, call, x, axis, true) : NULL;
        values[i] = places[i] ? reduce_axes(im, call, x, reduced, true, REDUCING_MAX) : NULL;
        if (values[i] && smallest)
            values[i] = scale_by(im, call, values[i], -1, 0);
        if (!values[i])
            return false;
        struct value *mark = i + 1 < k && least ? one_hot_view(im, call, places[i], axis, n) : NULL;
        x = mark ? merge_views(im, call, LAYER_WHERE, (struct value *[]){mark, least, x}, 3) : NULL;
    }
    struct value *largest = concat_views(im, call, values, (size_t)k, axis);
    struct value *where = concat_views(im, call, places, (size_t)k, axis);
    if (where && call->output_count > 1)
        call_give(call, 1, where);
    return where && give(call, largest);
}

/* Each result is the sum of those before it, with it or without. */
bool op_cumsum(struct importer *im, struct call *call)
{
    const struct constant *given = call_constant(call, 1);
    const bool exclusive = call_int(call, "exclusive", 0) != 0, reverse = call_int(call, "reverse", 0) != 0;
    struct value *x = call_view(call, 0);
    int axis;
    if (!x || !given || given->count != 1)
        return refuse(im, call, "its axis is not a constant");
    if (!call_axis(im, call, constant_int(given, 0), x->dims.rank, &axis))
        return false;
    const int64_t n = x->dims.at[axis];
    struct constant *matrix = n <= LIMIT_MATRIX / n ? constant_new(im, ONNX_FLOAT, (struct dims){2, {n, n}}) : NULL;
    if (!matrix)
        return refuse(im, call, "its axis of %lld is too long", (long long)n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n; k++) {
            const int64_t behind = reverse ? k - i : i - k;
            constant_numbers(matrix)[i * n + k] = exclusive ? behind > 0 : behind >= 0;
        }
    return give(call, linear_axis(im, call, x, axis, matrix, NULL, true));
}

/* What lies beyond the diagonal is 0, whatever stood there. */
bool op_trilu(struct importer *im, struct call *call)
{
    const struct constant *given = call_constant(call, 1);
    const bool upper = call_int(call, "upper", 1) != 0;
    struct value *x = call_view(call, 0);
    if (!x || x->dims.rank < 2 || (call_has(call, 1) && (!given || given->count != 1)))
        return refuse(im, call, "its k is not a constant, or it has less than two dimensions");
    const int64_t k = given ? constant_int(given, 0) : 0;
    const int64_t rows = x->dims.at[x->dims.rank - 2], columns = x->dims.at[x->dims.rank - 1];
    struct constant *mask = constant_new(im, ONNX_FLOAT, (struct dims){2, {rows, columns}});
    const struct constant *zero = one_number(im, call, 0);
    if (!mask || !zero)
        return refuse(im, call, "its matrices are too large");
    for (int64_t i = 0; i < rows * columns; i++) {
        const double beyond = (double)(i % columns) - (double)(i / columns) - (double)k;
        constant_numbers(mask)[i] = upper ? beyond >= 0 : beyond <= 0;
    }
    if (constant_is(mask, 0))
        return give(call, scale_by(im, call, x, 0, 0));
    return give(call, choose_view(im, call, constant_value_of(im, mask), x, constant_value_of(im, zero)));
}

bool op_lp_norm(struct importer *im, struct call *call)
{
    const int64_t p = call_int(call, "p", 2);
    struct value *x = call_view(call, 0);
    bool reduced[IMPORT_MAX_RANK] = {false};
    int axis;
    if (!x || (p != 1 && p != 2))
        return refuse(im, call, "p=%lld; 1 and 2 are supported", (long long)p);
    if (!call_axis(im, call, call_int(call, "axis", -1), x->dims.rank, &axis))
        return false;
    reduced[axis] = true;
    struct value *size = reduce_axes(im, call, x, reduced, true, p == 1 ? REDUCING_L1 : REDUCING_L2);
    return give(call, size ? merge_views(im, call, LAYER_DIV, (struct value *[]){x, size}, 2) : NULL);
}
