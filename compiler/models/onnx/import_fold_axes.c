/* Constants along their axes: cut, repeated, reduced, multiplied as matrices. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "import_fold.h"

static bool too_large(struct importer *im, struct call *call)
{
    return refuse(im, call, "its result is too large to compute here");
}

bool fold_split(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    int64_t *sizes, from = 0, outer = 1, inner = 1;
    int axis;
    if (!call_axis(im, call, call_int(call, "axis", 0), data->dims.rank, &axis) ||
        !split_sizes(im, call, data->dims.at[axis], &sizes))
        return false;
    for (int i = 0; i < data->dims.rank; i++)
        *(i < axis ? &outer : &inner) *= i == axis ? 1 : data->dims.at[i];
    const int64_t whole = data->dims.at[axis];
    for (size_t i = 0; i < call->output_count; i++) {
        struct dims dims = data->dims;
        dims.at[axis] = sizes[i];
        if (sizes[i] < 0 || sizes[i] > whole - from)
            return refuse(im, call, "its parts do not add up to the whole axis");
        struct constant *part = constant_new(im, data->type, dims);
        if (!part)
            return too_large(im, call);
        for (int64_t o = 0; o < outer; o++)
            for (int64_t k = 0; k < sizes[i] * inner; k++)
                constant_numbers(part)[o * sizes[i] * inner + k] = constant_at(data, (o * whole + from) * inner + k);
        fold_inherit(call, part);
        call_give_constant(im, call, i, part);
        from += sizes[i];
    }
    return true;
}

bool fold_tile(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0), *repeats = call_constant(call, 1);
    struct dims dims = data->dims;
    if (repeats->count != dims.rank)
        return refuse(im, call, "it does not have one number of repeats for each axis");
    for (int i = 0; i < dims.rank; i++)
        if (constant_int(repeats, i) < 0 || !checked_mul(dims.at[i], constant_int(repeats, i), &dims.at[i]))
            return refuse(im, call, "%lld repeats of axis %d", (long long)constant_int(repeats, i), i);
    struct constant *result = constant_new(im, data->type, dims);
    if (!result)
        return too_large(im, call);
    int64_t flat[IMPORT_MAX_RANK] = {0}, index[IMPORT_MAX_RANK] = {0}, within[IMPORT_MAX_RANK] = {0};
    fold_strides(&data->dims, &data->dims, flat);
    for (int64_t i = 0; i < result->count; i++, fold_next(&dims, index)) {
        for (int k = 0; k < dims.rank; k++)
            within[k] = index[k] % data->dims.at[k];
        constant_numbers(result)[i] = constant_at(data, fold_offset(&dims, within, flat));
    }
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

static double joined(const char *type, double sum, double x)
{
    if (strcmp(type, "ReduceMax") == 0)
        return fmax(sum, x);
    if (strcmp(type, "ReduceMin") == 0)
        return fmin(sum, x);
    return strcmp(type, "ReduceProd") == 0 ? sum * x : sum + x;
}

/* The result without the axes that are reduced, or with one number along each. */
static struct dims reduced_dims(const struct dims *dims, const bool *reduced, bool keep)
{
    struct dims less = {.rank = 0};
    for (int i = 0; i < dims->rank; i++)
        if (keep || !reduced[i])
            less.at[less.rank++] = reduced[i] ? 1 : dims->at[i];
    return less;
}

bool fold_reduce(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    const struct value shape = {.dims = data->dims};
    bool reduced[IMPORT_MAX_RANK] = {false};
    int64_t index[IMPORT_MAX_RANK] = {0}, stride[IMPORT_MAX_RANK] = {0};
    if (!reduced_axes(im, call, &shape, reduced))
        return false;
    const struct dims kept = reduced_dims(&data->dims, reduced, true);
    struct constant *result = constant_new(im, data->type,
                                           reduced_dims(&data->dims, reduced, call_int(call, "keepdims", 1) != 0));
    if (!result || data->count < 1)
        return too_large(im, call);
    fold_strides(&kept, &data->dims, stride);
    bool *seen = ARENA_ARRAY(im->arena, bool, (size_t)result->count + 1);
    double *sums = constant_numbers(result);
    for (int64_t i = 0; i < data->count; i++, fold_next(&data->dims, index)) {
        const int64_t to = fold_offset(&data->dims, index, stride);
        sums[to] = seen[to] ? joined(call->type, sums[to], constant_at(data, i)) : constant_at(data, i);
        seen[to] = true;
    }
    for (int64_t i = 0; strcmp(call->type, "ReduceMean") == 0 && i < result->count; i++)
        sums[i] /= (double)(data->count / result->count);
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

bool fold_clip(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0), *low = call_constant(call, 1), *high = call_constant(call, 2);
    const double least = low && low->count ? constant_at(low, 0) : call_float(call, "min", -DBL_MAX);
    const double most = high && high->count ? constant_at(high, 0) : call_float(call, "max", DBL_MAX);
    struct constant *result = constant_new(im, data->type, data->dims);
    if (!result)
        return too_large(im, call);
    for (int64_t i = 0; i < data->count; i++)
        constant_numbers(result)[i] = fmin(fmax(constant_at(data, i), least), most);
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

/* Of two matrices. */
bool fold_matmul(struct importer *im, struct call *call)
{
    enum { MOST_PRODUCTS = 1 << 28 };
    const struct constant *a = call_constant(call, 0), *b = call_constant(call, 1);
    int64_t products;
    if (a->dims.rank != 2 || b->dims.rank != 2 || a->dims.at[1] != b->dims.at[0])
        return refuse(im, call, "constants %s and %s; two matrices are supported", dims_words(im->arena, &a->dims),
                      dims_words(im->arena, &b->dims));
    const int64_t m = a->dims.at[0], n = a->dims.at[1], k = b->dims.at[1];
    struct constant *result = constant_new(im, a->type, (struct dims){2, {m, k}});
    if (!result || !checked_product(&products, 3, m, n, k) || products > MOST_PRODUCTS)
        return too_large(im, call);
    for (int64_t y = 0; y < m; y++)
        for (int64_t x = 0; x < k; x++) {
            double sum = 0;
            for (int64_t i = 0; i < n; i++)
                sum += constant_at(a, y * n + i) * constant_at(b, i * k + x);
            constant_numbers(result)[y * k + x] = sum;
        }
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}
