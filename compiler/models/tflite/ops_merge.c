/* Operators of several tensors. */
#include <string.h>

#include "models/tflite/convert.h"

/* With constants, integers would need a scale of their own. */
static bool of_results(struct convert *c)
{
    for (size_t i = 0; c->integers && i < c->call->input_count; i++)
        if (tfl_constant(c, i))
            return tfl_refuse(c, "its input %zu is a constant, which is not supported in integers yet", i);
    return true;
}

static bool merge(struct convert *c, const char *type, int activation)
{
    const size_t count = c->call->input_count;
    struct value **inputs = ARENA_ARRAY(c->im->arena, struct value *, count + 1);
    for (size_t i = 0; i < count; i++)
        inputs[i] = tfl_value(c, i);
    if (count == 0 || !of_results(c))
        return tfl_refuse(c, "it has no inputs");
    struct value *result = tfl_do(c, tfl_step(c, type, inputs, count));
    return tfl_give_activated(c, result, activation < 0 ? FUSED_NONE : tfl_option(c, activation, 1, FUSED_NONE));
}

bool tfl_add(struct convert *c)
{
    return merge(c, c->call->input_count == 2 ? "Add" : "Sum", c->call->input_count == 2 ? BINARY_ACTIVATION : -1);
}

bool tfl_sub(struct convert *c)
{
    return merge(c, "Sub", BINARY_ACTIVATION);
}

bool tfl_mul(struct convert *c)
{
    return merge(c, "Mul", BINARY_ACTIVATION);
}

bool tfl_div(struct convert *c)
{
    return merge(c, "Div", BINARY_ACTIVATION);
}

bool tfl_maximum(struct convert *c)
{
    return merge(c, "Max", -1);
}

bool tfl_minimum(struct convert *c)
{
    return merge(c, "Min", -1);
}

bool tfl_square(struct convert *c)
{
    struct value *factors[] = {tfl_value(c, 0), tfl_value(c, 0)};
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "Mul", factors, 2)));
}

bool tfl_squared_difference(struct convert *c)
{
    struct value *terms[] = {tfl_value(c, 0), tfl_value(c, 1)};
    struct value *difference = tfl_do(c, tfl_step(c, "Sub", terms, 2)), *factors[] = {difference, difference};
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "Mul", factors, 2)));
}

bool tfl_concatenation(struct convert *c)
{
    const size_t count = c->call->input_count;
    struct value **inputs = ARENA_ARRAY(c->im->arena, struct value *, count + 1);
    for (size_t i = 0; i < count; i++)
        inputs[i] = tfl_value(c, i);
    if (count == 0 || !of_results(c))
        return tfl_refuse(c, "it has no inputs");
    struct call *step = tfl_step(c, "Concat", inputs, count);
    tfl_set_int(c, step, "axis", tfl_option(c, CONCATENATION_AXIS, 4, 0));
    return tfl_give_activated(c, tfl_do(c, step), tfl_option(c, CONCATENATION_ACTIVATION, 1, FUSED_NONE));
}

/* The axis counted from the front, of a tensor of that rank. */
static bool axis_of(struct convert *c, int64_t axis, int rank, int *result)
{
    return call_axis(c->im, c->call, axis, rank, result);
}

static struct value *with_axis(struct convert *c, struct value *x, int axis)
{
    struct dims dims = {.rank = x->dims.rank + 1};
    for (int i = 0, from = 0; i < dims.rank; i++)
        dims.at[i] = i == axis ? 1 : x->dims.at[from++];
    return tfl_reshaped(c, x, &dims);
}

bool tfl_pack(struct convert *c)
{
    const size_t count = c->call->input_count;
    struct value **inputs = ARENA_ARRAY(c->im->arena, struct value *, count + 1);
    int axis = 0;
    for (size_t i = 0; i < count; i++) {
        struct value *x = tfl_value(c, i);
        if (!x || x->dims.rank >= IMPORT_MAX_RANK ||
            !axis_of(c, tfl_option(c, PACK_AXIS, 4, 0), x->dims.rank + 1, &axis))
            return tfl_refuse(c, "its inputs have too many dimensions");
        inputs[i] = with_axis(c, x, axis);
    }
    struct call *step = tfl_step(c, "Concat", inputs, count);
    tfl_set_int(c, step, "axis", axis);
    return tfl_give(c, 0, tfl_do(c, step));
}

static struct value *slice(struct convert *c, struct value *x, int64_t axis, int64_t from, int64_t to)
{
    struct call *step = tfl_step(c, "Slice", &x, 1);
    tfl_set_ints(c, step, "axes", &axis, 1);
    tfl_set_ints(c, step, "starts", &from, 1);
    tfl_set_ints(c, step, "ends", &to, 1);
    return tfl_do(c, step);
}

bool tfl_unpack(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    int axis;
    if (!x || !axis_of(c, tfl_option(c, PACK_AXIS, 4, 0), x->dims.rank, &axis))
        return false;
    if ((int64_t)c->op->outputs.count != x->dims.at[axis])
        return tfl_refuse(c, "it has %zu results for an axis of %lld", c->op->outputs.count,
                          (long long)x->dims.at[axis]);
    struct dims dims = {.rank = 0};
    for (int i = 0; i < x->dims.rank; i++)
        if (i != axis)
            dims.at[dims.rank++] = x->dims.at[i];
    for (size_t i = 0; i < c->op->outputs.count; i++)
        if (!tfl_give(c, i, tfl_reshaped(c, slice(c, x, axis, (int64_t)i, (int64_t)i + 1), &dims)))
            return false;
    return true;
}

/* Parts of an axis, of given or equal lengths. */
static bool split(struct convert *c, struct value *x, size_t axis_input, const int64_t *sizes, size_t size_count)
{
    int64_t wanted, from = 0;
    size_t one;
    int axis;
    const size_t parts = c->op->outputs.count;
    if (!x || !tfl_integers(c, axis_input, "axis", &wanted, &one, 1) || one != 1 ||
        !axis_of(c, wanted, x->dims.rank, &axis))
        return tfl_refuse(c, "its axis is not valid");
    const int64_t length = x->dims.at[axis];
    if (parts == 0 || (sizes ? size_count != parts : length % (int64_t)parts != 0))
        return tfl_refuse(c, "an axis of %lld cannot be split into its %zu parts", (long long)length, parts);
    for (size_t i = 0; i < parts; i++) {
        const int64_t size = sizes ? sizes[i] : length / (int64_t)parts;
        if (size < 1 || size > length - from)
            return tfl_refuse(c, "its part %zu has the length %lld", i, (long long)size);
        if (!tfl_give(c, i, slice(c, x, axis, from, from + size)))
            return false;
        from += size;
    }
    return true;
}

bool tfl_split(struct convert *c)
{
    return split(c, tfl_value(c, 1), 0, NULL, 0);
}

bool tfl_split_v(struct convert *c)
{
    enum { MOST = 1024 };
    int64_t *sizes = ARENA_ARRAY(c->im->arena, int64_t, MOST), known = 0;
    size_t count, open = SIZE_MAX;
    struct value *x = tfl_value(c, 0);
    int64_t axis = 0;
    size_t one;
    int at;
    if (!x || !tfl_integers(c, 1, "sizes", sizes, &count, MOST) || !tfl_integers(c, 2, "axis", &axis, &one, 1) ||
        one != 1 || !axis_of(c, axis, x->dims.rank, &at))
        return tfl_refuse(c, "its axis is not valid");
    for (size_t i = 0; i < count; i++) {
        if (sizes[i] < -1 || sizes[i] > LIMIT_ELEMENTS)
            return tfl_refuse(c, "its part %zu has the length %lld", i, (long long)sizes[i]);
        known += sizes[i] < 0 ? 0 : sizes[i];
        open = sizes[i] < 0 ? i : open;
    }
    if (open != SIZE_MAX)
        sizes[open] = x->dims.at[at] - known;
    return split(c, x, 2, sizes, count);
}

bool tfl_broadcast(struct convert *c)
{
    int64_t sizes[IMPORT_MAX_RANK];
    size_t count;
    struct value *x = tfl_value(c, 0);
    if (!x || !tfl_integers(c, 1, "sizes", sizes, &count, IMPORT_MAX_RANK))
        return false;
    if (x->kind == VALUE_CONSTANT)
        return tfl_refuse(c, "its input is a constant");
    struct call *step = tfl_step(c, "Expand", &x, 1);
    tfl_set_ints(c, step, "shape", sizes, count);
    return tfl_give(c, 0, tfl_do(c, step));
}
