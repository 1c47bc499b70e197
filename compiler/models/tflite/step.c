/* Steps: calls of the ONNX importer's operators that one operator of the file consists of. Each result but the last
 * is read by the next step alone. */
#include <string.h>

#include "models/tflite/convert.h"

enum { MOST_ATTRIBUTES = 8 };

static const char *step_name(struct convert *c)
{
    const char *name = arena_printf(c->im->arena, "step %d", ++c->step_count);
    size_t *readers = ARENA_NEW(c->im->arena, size_t);
    *readers = 1;
    map_set(c->im->arena, &c->im->readers, name, readers);
    return name;
}

struct call *tfl_step(struct convert *c, const char *type, struct value *const *inputs, size_t count)
{
    struct arena *arena = c->im->arena;
    struct call *step = ARENA_NEW(arena, struct call);
    step->type = type;
    step->name = c->call->name;
    step->attributes = ARENA_ARRAY(arena, struct attribute, MOST_ATTRIBUTES);
    step->inputs = ARENA_ARRAY(arena, struct value *, count + 1);
    memcpy(step->inputs, inputs, count * sizeof *inputs);
    step->input_count = count;
    step->outputs = ARENA_ARRAY(arena, struct value *, 1);
    step->output_count = 1;
    step->outputs[0] = ARENA_NEW(arena, struct value);
    *step->outputs[0] = (struct value){.kind = VALUE_BROKEN, .name = step_name(c), .maker = step};
    for (size_t i = 0; i < count; i++)
        if (!inputs[i])
            tfl_refuse(c, "it lacks an input");
    return step;
}

static struct attribute *attribute(struct call *step, const char *name)
{
    struct attribute *next = (struct attribute *)(uintptr_t)&step->attributes[step->attribute_count++];
    next->name = name;
    return next;
}

void tfl_set_int(struct convert *c, struct call *step, const char *name, int64_t value)
{
    struct attribute *a = attribute(step, name);
    (void)c;
    a->has_i = true;
    a->i = value;
}

void tfl_set_float(struct convert *c, struct call *step, const char *name, double value)
{
    struct attribute *a = attribute(step, name);
    (void)c;
    a->has_f = true;
    a->f = (float)value;
}

void tfl_set_string(struct convert *c, struct call *step, const char *name, const char *value)
{
    struct attribute *a = attribute(step, name);
    (void)c;
    a->has_s = true;
    a->s = value;
}

void tfl_set_ints(struct convert *c, struct call *step, const char *name, const int64_t *values, size_t count)
{
    struct attribute *a = attribute(step, name);
    int64_t *copy = ARENA_ARRAY(c->im->arena, int64_t, count + 1);
    memcpy(copy, values, count * sizeof *values);
    a->ints = copy;
    a->n_ints = count;
}

struct value *tfl_do(struct convert *c, struct call *step)
{
    if (c->call->refusal)
        return NULL;
    import_call(c->im, step);
    if (step->refusal || step->outputs[0]->kind == VALUE_BROKEN) {
        tfl_refuse(c, "%s", step->refusal ? step->refusal : "it cannot be compiled");
        return NULL;
    }
    return step->outputs[0];
}

struct value *tfl_do1(struct convert *c, const char *type, struct value *x)
{
    return x ? tfl_do(c, tfl_step(c, type, &x, 1)) : NULL;
}

struct value *tfl_transposed(struct convert *c, struct value *x, const int64_t *order)
{
    if (!x)
        return NULL;
    struct call *step = tfl_step(c, "Transpose", &x, 1);
    tfl_set_ints(c, step, "perm", order, (size_t)x->dims.rank);
    return tfl_do(c, step);
}

struct value *tfl_reshaped(struct convert *c, struct value *x, const struct dims *dims)
{
    if (!x || dims_equal(&x->dims, dims))
        return x;
    struct call *step = tfl_step(c, "Reshape", &x, 1);
    tfl_set_ints(c, step, "shape", dims->at, (size_t)dims->rank);
    tfl_set_int(c, step, "allowzero", 1);
    return tfl_do(c, step);
}

struct value *tfl_first(struct convert *c, struct value *x)
{
    static const int64_t order[] = {0, 3, 1, 2};
    if (!x)
        return NULL;
    if (x->dims.rank == 4)
        return tfl_transposed(c, x, order);
    tfl_refuse(c, "its input %s has not 4 dimensions", dims_words(c->im->arena, &x->dims));
    return NULL;
}

struct value *tfl_last(struct convert *c, struct value *x)
{
    static const int64_t order[] = {0, 2, 3, 1};
    return x && x->dims.rank == 4 ? tfl_transposed(c, x, order) : x;
}

static struct value *clipped(struct convert *c, struct value *x, double low, double high)
{
    struct call *step = tfl_step(c, "Clip", &x, 1);
    tfl_set_float(c, step, "min", low);
    tfl_set_float(c, step, "max", high);
    return tfl_do(c, step);
}

struct value *tfl_activated(struct convert *c, struct value *x, int64_t activation)
{
    if (!x)
        return NULL;
    switch (activation) {
    case FUSED_NONE: return x;
    case FUSED_RELU: return tfl_do1(c, "Relu", x);
    case FUSED_RELU_N1_TO_1: return clipped(c, x, -1, 1);
    case FUSED_RELU6: return clipped(c, x, 0, 6);
    case FUSED_TANH: return tfl_do1(c, "Tanh", x);
    default: tfl_refuse(c, "its fused activation has the code %lld", (long long)activation); return NULL;
    }
}

struct value *tfl_number(struct convert *c, double number)
{
    struct value *value = ARENA_NEW(c->im->arena, struct value);
    struct constant *constant = constant_new(c->im, ONNX_FLOAT, (struct dims){0});
    if (!constant) {
        tfl_refuse(c, "the model is too large");
        return NULL;
    }
    constant_numbers(constant)[0] = number;
    *value = (struct value){.kind = VALUE_CONSTANT, .name = "", .type = ONNX_FLOAT, .constant = constant};
    return value;
}
