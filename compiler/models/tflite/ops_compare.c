/* Comparisons, logic, choices and places; functions of one number that ONNX has by the same name. */
#include "models/tflite/convert.h"

static bool both(struct convert *c, const char *type)
{
    struct value *inputs[] = {tfl_value(c, 0), tfl_value(c, 1)};
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, type, inputs, 2)));
}

static bool one(struct convert *c, const char *type)
{
    return tfl_give(c, 0, tfl_do1(c, type, tfl_value(c, 0)));
}

bool tfl_less(struct convert *c)
{
    return both(c, "Less");
}

bool tfl_less_equal(struct convert *c)
{
    return both(c, "LessOrEqual");
}

bool tfl_greater(struct convert *c)
{
    return both(c, "Greater");
}

bool tfl_greater_equal(struct convert *c)
{
    return both(c, "GreaterOrEqual");
}

bool tfl_equal(struct convert *c)
{
    return both(c, "Equal");
}

bool tfl_not_equal(struct convert *c)
{
    struct value *inputs[] = {tfl_value(c, 0), tfl_value(c, 1)};
    return tfl_give(c, 0, tfl_do1(c, "Not", tfl_do(c, tfl_step(c, "Equal", inputs, 2))));
}

bool tfl_logical_and(struct convert *c)
{
    return both(c, "And");
}

bool tfl_logical_or(struct convert *c)
{
    return both(c, "Or");
}

bool tfl_logical_not(struct convert *c)
{
    return one(c, "Not");
}

bool tfl_pow(struct convert *c)
{
    return both(c, "Pow");
}

bool tfl_exp(struct convert *c)
{
    return one(c, "Exp");
}

bool tfl_log(struct convert *c)
{
    return one(c, "Log");
}

bool tfl_sin(struct convert *c)
{
    return one(c, "Sin");
}

bool tfl_cos(struct convert *c)
{
    return one(c, "Cos");
}

bool tfl_floor(struct convert *c)
{
    return one(c, "Floor");
}

bool tfl_ceil(struct convert *c)
{
    return one(c, "Ceil");
}

bool tfl_round(struct convert *c)
{
    return one(c, "Round");
}

bool tfl_sign(struct convert *c)
{
    return one(c, "Sign");
}

/* SELECT's condition may have the first axis alone, which SELECT_V2 broadcasts otherwise. */
bool tfl_select(struct convert *c)
{
    struct value *inputs[] = {tfl_value(c, 0), tfl_value(c, 1), tfl_value(c, 2)};
    for (int i = 0; i < 3; i++)
        if (!inputs[i])
            return false;
    if (inputs[0]->dims.rank && inputs[0]->dims.rank != inputs[1]->dims.rank)
        return tfl_refuse(c, "its condition %s has other dimensions than %s",
                          dims_words(c->im->arena, &inputs[0]->dims), dims_words(c->im->arena, &inputs[1]->dims));
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "Where", inputs, 3)));
}

bool tfl_select_v2(struct convert *c)
{
    struct value *inputs[] = {tfl_value(c, 0), tfl_value(c, 1), tfl_value(c, 2)};
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "Where", inputs, 3)));
}

static bool place(struct convert *c, const char *type)
{
    struct value *x = tfl_view(c, 0);
    int64_t axis;
    size_t count;
    if (!x || !tfl_integers(c, 1, "axis", &axis, &count, 1))
        return false;
    if (count != 1)
        return tfl_refuse(c, "its axis is not valid");
    struct call *step = tfl_step(c, type, &x, 1);
    tfl_set_int(c, step, "axis", axis);
    tfl_set_int(c, step, "keepdims", 0);
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_arg_max(struct convert *c)
{
    return place(c, "ArgMax");
}

bool tfl_arg_min(struct convert *c)
{
    return place(c, "ArgMin");
}

bool tfl_tile(struct convert *c)
{
    return both(c, "Tile");
}

bool tfl_cumsum(struct convert *c)
{
    struct value *inputs[] = {tfl_view(c, 0), tfl_value(c, 1)};
    struct call *step = tfl_step(c, "CumSum", inputs, 2);
    tfl_set_int(c, step, "exclusive", tfl_option(c, CUMSUM_EXCLUSIVE, 1, 0));
    tfl_set_int(c, step, "reverse", tfl_option(c, CUMSUM_REVERSE, 1, 0));
    return tfl_give(c, 0, tfl_do(c, step));
}
