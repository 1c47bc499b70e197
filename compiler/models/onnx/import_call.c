/* Reading an operator's attributes and inputs, and noting its results or why there are none. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

const struct attribute *call_attribute(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->attribute_count; i++)
        if (strcmp(call->attributes[i].name, name) == 0)
            return &call->attributes[i];
    return NULL;
}

int64_t call_int(const struct call *call, const char *name, int64_t fallback)
{
    const struct attribute *attribute = call_attribute(call, name);
    return attribute && attribute->has_i ? attribute->i : attribute && attribute->has_type ? 0 : fallback;
}

double call_float(const struct call *call, const char *name, double fallback)
{
    const struct attribute *attribute = call_attribute(call, name);
    return attribute && attribute->has_f ? nice_number(attribute->f) : attribute && attribute->has_type ? 0 : fallback;
}

const char *call_string(const struct call *call, const char *name, const char *fallback)
{
    const struct attribute *attribute = call_attribute(call, name);
    return attribute && attribute->has_s ? attribute->s : fallback;
}

bool call_ints(const struct call *call, const char *name, const int64_t **values, size_t *count)
{
    const struct attribute *attribute = call_attribute(call, name);
    *values = attribute ? attribute->ints : NULL;
    *count = attribute ? attribute->n_ints : 0;
    return attribute != NULL;
}

bool call_has(const struct call *call, size_t i)
{
    return i < call->input_count && call->inputs[i]->kind != VALUE_MISSING;
}

bool call_wants_more(struct importer *im, const struct call *call)
{
    for (size_t i = 1; i < call->output_count; i++)
        if (map_get(&im->readers, call->outputs[i]->name))
            return true;
    return false;
}

const struct constant *call_constant(const struct call *call, size_t i)
{
    return i < call->input_count && call->inputs[i]->kind == VALUE_CONSTANT ? call->inputs[i]->constant : NULL;
}

struct value *call_view(const struct call *call, size_t i)
{
    return i < call->input_count && call->inputs[i]->kind == VALUE_VIEW ? call->inputs[i] : NULL;
}

bool call_list(struct importer *im, const struct call *call, const char *attribute, size_t input, int64_t **values,
               size_t *count)
{
    const int64_t *ints;
    const struct constant *constant = call_constant(call, input);
    if (!call_ints(call, attribute, &ints, count)) {
        if (!constant || constant->dims.rank > 1 || constant->count > 4096)
            return false;
        *count = (size_t)constant->count;
    }
    *values = import_integers(im, (int64_t)*count);
    if (!*values)
        return false;
    for (size_t i = 0; i < *count; i++)
        (*values)[i] = ints ? ints[i] : constant_int(constant, (int64_t)i);
    return true;
}

bool refuse(struct importer *im, struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!call->refusal)
        call->refusal = arena_vprintf(im->arena, format, arguments);
    va_end(arguments);
    return false;
}

bool call_axis(struct importer *im, struct call *call, int64_t axis, int rank, int *result)
{
    if (axis < -rank || axis >= rank)
        return refuse(im, call, "axis %lld of a tensor of %d dimensions", (long long)axis, rank);
    *result = (int)(axis < 0 ? axis + rank : axis);
    return true;
}

/* Results are made anew for each output: a name and a maker are theirs alone. */
void call_give(struct call *call, size_t output, struct value *value)
{
    struct value *slot = call->outputs[output];
    const char *name = slot->name;
    *slot = *value;
    slot->name = name;
    slot->maker = call;
}

void call_give_constant(struct importer *im, struct call *call, size_t output, const struct constant *constant)
{
    (void)im;
    struct value value = {.kind = VALUE_CONSTANT, .type = constant->type, .dims = constant->dims, .constant = constant};
    call_give(call, output, &value);
}

bool give(struct call *call, struct value *result)
{
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}
