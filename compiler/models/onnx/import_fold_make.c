/* Constants that are made of a shape, of a size, or of places: matrices with a diagonal, windows of signals, what is
 * not zero, elements that indices pick. */
#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "import_fold.h"

static bool give_made(struct importer *im, struct call *call, struct constant *result)
{
    if (!result)
        return refuse(im, call, "its result is too large to compute here");
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

static bool make_eye(struct importer *im, struct call *call)
{
    const struct value *like = call->inputs[0];
    const int64_t k = call_int(call, "k", 0);
    const int type = (int)call_int(call, "dtype", like->type);
    if (like->dims.rank != 2)
        return refuse(im, call, "its input has %d dimensions, not 2", like->dims.rank);
    const int64_t rows = like->dims.at[0], columns = like->dims.at[1];
    struct constant *result = constant_new(im, type, like->dims);
    for (int64_t i = 0; result && i < rows; i++)
        if (k >= -i && k < columns - i)
            constant_numbers(result)[i * columns + i + k] = 1;
    return give_made(im, call, result);
}

/* The places of what is not zero, a row an axis. */
static bool make_non_zero(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    int64_t found = 0, column = 0, index[IMPORT_MAX_RANK] = {0};
    for (int64_t i = 0; i < data->count; i++)
        found += constant_at(data, i) != 0;
    struct constant *result = constant_new(im, ONNX_INT64, (struct dims){2, {data->dims.rank, found}});
    for (int64_t i = 0; result && i < data->count; i++, fold_next(&data->dims, index)) {
        if (constant_at(data, i) == 0)
            continue;
        for (int k = 0; k < data->dims.rank; k++)
            constant_numbers(result)[k * found + column] = (double)index[k];
        column++;
    }
    return give_made(im, call, result);
}

/* a - b*cos(2*pi*i/n) + c*cos(4*pi*i/n) */
static bool make_window(struct importer *im, struct call *call)
{
    static const double pi = 3.14159265358979323846;
    const struct constant *given = call_constant(call, 0);
    const bool hann = strcmp(call->type, "HannWindow") == 0, hamming = strcmp(call->type, "HammingWindow") == 0;
    const double a = hann ? 0.5 : hamming ? 25.0 / 46 : 0.42, b = hann ? 0.5 : hamming ? 21.0 / 46 : 0.5;
    const double c = hann || hamming ? 0 : 0.08;
    const int64_t size = given->count == 1 ? constant_int(given, 0) : 0;
    if (size < 1)
        return refuse(im, call, "its size is not a number above 0");
    const double n = (double)(call_int(call, "periodic", 1) ? size : size - 1);
    struct constant *result = constant_new(im, (int)call_int(call, "output_datatype", ONNX_FLOAT),
                                           (struct dims){1, {size}});
    for (int64_t i = 0; result && i < size; i++) {
        const double turn = n > 0 ? 2 * pi * (double)i / n : 0;
        constant_numbers(result)[i] = (double)(float)(a - b * cos(turn) + c * cos(2 * turn));
    }
    return give_made(im, call, result);
}

static bool make_picked(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0);
    struct picks picks;
    if (!call_picks(im, call, &data->dims, &picks))
        return false;
    struct constant *result = constant_new(im, data->type, picks.dims);
    for (int64_t i = 0; result && i < picks.count; i++)
        constant_numbers(result)[i] = constant_at(data, picks.at[i]);
    return give_made(im, call, result);
}

static bool make_triangle(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0), *given = call_constant(call, 1);
    const bool upper = call_int(call, "upper", 1) != 0;
    const int64_t k = given && given->count ? constant_int(given, 0) : 0;
    if (data->dims.rank < 2)
        return refuse(im, call, "its input has less than two dimensions");
    const int64_t rows = data->dims.at[data->dims.rank - 2], columns = data->dims.at[data->dims.rank - 1];
    struct constant *result = constant_new(im, data->type, data->dims);
    for (int64_t i = 0; result && i < result->count; i++) {
        const double beyond = (double)(i % columns) - (double)(i / columns % rows) - (double)k;
        if (upper ? beyond >= 0 : beyond <= 0)
            constant_numbers(result)[i] = constant_at(data, i);
    }
    return give_made(im, call, result);
}

static bool make_sums(struct importer *im, struct call *call)
{
    const struct constant *data = call_constant(call, 0), *given = call_constant(call, 1);
    const bool exclusive = call_int(call, "exclusive", 0) != 0, reverse = call_int(call, "reverse", 0) != 0;
    int64_t inner = 1;
    int axis;
    if (given->count != 1 || !call_axis(im, call, constant_int(given, 0), data->dims.rank, &axis))
        return refuse(im, call, "its axis is not a number");
    for (int i = axis + 1; i < data->dims.rank; i++)
        inner *= data->dims.at[i];
    const int64_t length = data->dims.at[axis];
    struct constant *result = constant_new(im, data->type, data->dims);
    for (int64_t o = 0; result && o < result->count; o += length * inner)
        for (int64_t i = 0; i < inner; i++) {
            double sum = 0;
            for (int64_t k = 0; k < length; k++) {
                const int64_t at = o + (reverse ? length - 1 - k : k) * inner + i;
                constant_numbers(result)[at] = exclusive ? sum : sum + constant_at(data, at);
                sum += constant_at(data, at);
            }
        }
    return give_made(im, call, result);
}

bool fold_made(struct importer *im, struct call *call)
{
    static const struct {
        const char *type;
        import_function *function;
        size_t inputs;
    } rows[] = {{"NonZero", make_non_zero, 1},      {"HannWindow", make_window, 1}, {"HammingWindow", make_window, 1},
                {"BlackmanWindow", make_window, 1}, {"Trilu", make_triangle, 1},    {"CumSum", make_sums, 2}};
    size_t constants = 0;
    if (strcmp(call->type, "EyeLike") == 0 && call->input_count == 1 && (call_view(call, 0) || call_constant(call, 0)))
        return make_eye(im, call);
    for (size_t i = 0; i < call->input_count; i++)
        constants += call_constant(call, i) != NULL;
    if (constants < call->input_count)
        return false;
    if (call_is_picking(call) && constants == 2)
        return make_picked(im, call);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].type, call->type) == 0 && constants >= rows[i].inputs)
            return rows[i].function(im, call);
    return false;
}
