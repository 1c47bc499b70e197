/* The operators of a file in turn: operands become values, the operator's function takes its steps, and what is wrong
 * with one is noted and reported with all others that a result depends on. */
#include "models/tflite/convert.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static const struct tfl_row rows[] = {
#define OPERATOR(code, name, newest, function, integers) {code, newest, #name, function, integers},
#include "models/tflite/operators.def"
#undef OPERATOR
};

static const struct tfl_row *find_row(int64_t code)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return &rows[i];
    return NULL;
}

bool tfl_refuse(struct convert *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!c->call->refusal)
        c->call->refusal = arena_vprintf(c->im->arena, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- operands ---- */

static size_t index_at(const struct convert *c, struct flat_vector list, size_t i)
{
    const int64_t index = i < list.count ? flat_signed_at(&c->model->flat, list, 4, i) : -1;
    return index < 0 ? SIZE_MAX : (size_t)index;
}

size_t tfl_input(const struct convert *c, size_t i)
{
    return index_at(c, c->op->inputs, i);
}

size_t tfl_output(const struct convert *c, size_t i)
{
    return index_at(c, c->op->outputs, i);
}

/* Integers of layers stay as they are; floats and the rest become what they are worth. */
static const struct constant *read_constant(struct convert *c, const struct tfl_tensor *tensor)
{
    const int type = tfl_onnx_type(tensor->type);
    const size_t width = type_bytes(type);
    const int64_t count = tensor->dynamic ? -1 : dims_count(&tensor->dims);
    if (!width || tensor->sparse || tensor->variable) {
        tfl_refuse(c, "its constant \"%s\" is %s%s", tensor->name,
                   tensor->sparse     ? "sparse "
                   : tensor->variable ? "variable "
                                      : "",
                   tfl_type_name(tensor->type));
        return NULL;
    }
    if (count < 0 || tensor->length != (uint64_t)count * width) {
        tfl_refuse(c, "its constant \"%s\" has %zu bytes where %s %s take another number", tensor->name, tensor->length,
                   dims_words(c->im->arena, &tensor->dims), tfl_type_name(tensor->type));
        return NULL;
    }
    struct constant *constant = ARENA_NEW(c->im->arena, struct constant);
    *constant = (struct constant){.name = tensor->name, .type = type, .dims = tensor->dims, .count = count};
    constant->origin = constant;
    constant->trained = (type_is_float(type) && count > 1) || tensor->quantisation.scales.count > 0;
    c->im->budget -= count * (int64_t)sizeof(double);
    if (c->im->budget < 0) {
        tfl_refuse(c, "the file's constants take more memory than its size accounts for");
        return NULL;
    }
    const unsigned char *bytes = c->model->flat.bytes + tensor->at;
    if (type != ONNX_FLOAT) {
        constant_take_raw(c->im, constant, bytes);
        return constant;
    }
    float *floats; /* the file is not kept: never in place */
    struct constant *result = constant_new_floats(c->im, tensor->dims, &floats);
    if (!result) {
        tfl_refuse(c, "its constant \"%s\" is too large", tensor->name);
        return NULL;
    }
    for (int64_t i = 0; i < count; i++) {
        uint32_t word = 0;
        for (int k = 4; k-- > 0;)
            word = word << 8 | bytes[4 * i + k];
        memcpy(&floats[i], &word, sizeof word);
    }
    result->name = constant->name;
    result->trained = constant->trained;
    return result;
}

const char *tfl_value_name(struct convert *c, size_t tensor)
{
    return arena_printf(c->im->arena, "tensor %zu", tensor);
}

/* The tensor's value; where there is none yet, it is a constant, or missing. */
static struct value *value_of(struct convert *c, size_t tensor)
{
    if (tensor == SIZE_MAX)
        return import_value(c->im, "", VALUE_MISSING);
    if (c->values[tensor])
        return c->values[tensor];
    const struct tfl_tensor *t = &c->model->tensors[tensor];
    struct value *value = ARENA_NEW(c->im->arena, struct value);
    *value = (struct value){.kind = VALUE_MISSING, .name = tfl_value_name(c, tensor)};
    if (!t->held && !(dims_count(&t->dims) == 0)) {
        tfl_refuse(c, "no operator before it makes its input \"%s\"", t->name);
        return value;
    }
    const struct constant *constant = read_constant(c, t);
    if (!constant)
        return value;
    value->kind = VALUE_CONSTANT;
    value->type = constant->type;
    value->dims = constant->dims;
    value->constant = constant;
    return c->values[tensor] = value;
}

struct value *tfl_value(struct convert *c, size_t i)
{
    struct value *value = i < c->call->input_count ? c->call->inputs[i] : NULL;
    if (value && (value->kind == VALUE_VIEW || value->kind == VALUE_CONSTANT))
        return value;
    tfl_refuse(c, "it lacks input %zu", i);
    return NULL;
}

struct value *tfl_view(struct convert *c, size_t i)
{
    struct value *value = tfl_value(c, i);
    if (!value || value->kind == VALUE_VIEW)
        return value;
    tfl_refuse(c, "its input %zu is a constant", i);
    return NULL;
}

const struct constant *tfl_constant(struct convert *c, size_t i)
{
    return i < c->call->input_count ? call_constant(c->call, i) : NULL;
}

bool tfl_integers(struct convert *c, size_t i, const char *what, int64_t *values, size_t *count, size_t most)
{
    const struct constant *constant = tfl_constant(c, i);
    if (!constant || constant->count > (int64_t)most)
        return tfl_refuse(c, "its %s are not constants, or more than %zu", what, most);
    *count = (size_t)constant->count;
    for (int64_t k = 0; k < constant->count; k++)
        values[k] = constant_int(constant, k);
    return true;
}

void tfl_train(struct convert *c, size_t i)
{
    const struct constant *constant = tfl_constant(c, i);
    if (constant)
        ((struct constant *)(uintptr_t)constant)->trained = true;
}

int64_t tfl_option(struct convert *c, int field, int width, int64_t fallback)
{
    return flat_signed(&c->model->flat, c->op->options, field, width, fallback);
}

double tfl_option_float(struct convert *c, int field, double fallback)
{
    const float value = flat_float(&c->model->flat, c->op->options, field, (float)fallback);
    return nice_number(value);
}

/* ---- results ---- */

/* As the file has it; unless it says nothing. */
static bool has_shape(struct convert *c, const struct tfl_tensor *tensor, const struct value *value)
{
    if (tensor->unknown_shape || tensor->dynamic || dims_equal(&tensor->dims, &value->dims))
        return true;
    return tfl_refuse(c, "its result is %s where the file says %s", dims_words(c->im->arena, &value->dims),
                      dims_words(c->im->arena, &tensor->dims));
}

bool tfl_give(struct convert *c, size_t i, struct value *value)
{
    const size_t tensor = tfl_output(c, i);
    if (!value)
        return false;
    if (tensor == SIZE_MAX)
        return tfl_refuse(c, "it has no result %zu", i);
    if (!has_shape(c, &c->model->tensors[tensor], value) || !tfl_note_result(c, tensor, value))
        return false;
    struct value *own = ARENA_NEW(c->im->arena, struct value);
    *own = *value;
    own->name = tfl_value_name(c, tensor);
    c->values[tensor] = own;
    return true;
}

bool tfl_give_activated(struct convert *c, struct value *value, int64_t activation)
{
    return tfl_give(c, 0, tfl_activated(c, value, activation));
}

/* ---- the operators ---- */

static const char *operator_words(struct convert *c, size_t i, const struct tfl_operator *op)
{
    const struct tfl_row *row = find_row(op->code);
    const char *name = row ? row->name : tfl_operator_name(op->code);
    if (op->code == CODE_OF_CUSTOM)
        return arena_printf(c->im->arena, "operator %zu, CUSTOM %s", i, op->custom);
    return name ? arena_printf(c->im->arena, "operator %zu, %s", i, name)
                : arena_printf(c->im->arena, "operator %zu with the code %lld", i, (long long)op->code);
}

/* Operators that a converter fused are joined by semicolons in the name of the result: the last one, which comes first,
 * tells enough. */
static const char *result_name(struct convert *c)
{
    const size_t result = tfl_output(c, 0);
    const char *name = result == SIZE_MAX ? "" : c->model->tensors[result].name;
    return arena_copy(c->im->arena, name, strcspn(name, ";"));
}

static void begin_operator(struct convert *c, size_t i)
{
    struct arena *arena = c->im->arena;
    c->op = &c->model->operators[i];
    c->row = find_row(c->op->code);
    c->call = ARENA_NEW(arena, struct call);
    c->call->type = operator_words(c, i, c->op);
    c->call->name = result_name(c);
    c->call->input_count = c->op->inputs.count;
    c->call->inputs = ARENA_ARRAY(arena, struct value *, c->op->inputs.count + 1);
    c->im->budget -= (int64_t)(c->op->inputs.count + c->op->outputs.count) * (int64_t)sizeof(void *);
    VEC_PUSH(arena, &c->im->calls, c->call);
    for (size_t k = 0; k < c->op->inputs.count; k++)
        c->call->inputs[k] = value_of(c, tfl_input(c, k));
}

static bool has_broken_input(const struct call *call)
{
    for (size_t i = 0; i < call->input_count; i++)
        if (call->inputs[i]->kind == VALUE_BROKEN)
            return true;
    return false;
}

static bool may_run(struct convert *c)
{
    if (c->im->budget < 0)
        return tfl_refuse(c, "the file's operators have more operands than its size accounts for");
    if (!c->row)
        return tfl_refuse(c, "the operator is not supported");
    if (c->op->version > c->row->newest)
        return tfl_refuse(c, "version %lld of it is not known; versions up to %lld are read", (long long)c->op->version,
                          (long long)c->row->newest);
    return tfl_check_types(c);
}

/* Results that it did not give are broken by it. */
static void end_operator(struct convert *c)
{
    for (size_t k = 0; k < c->op->outputs.count; k++) {
        const size_t tensor = tfl_output(c, k);
        if (c->values[tensor] && !c->call->refusal)
            continue;
        struct value *broken = ARENA_NEW(c->im->arena, struct value);
        *broken = (struct value){.kind = VALUE_BROKEN, .name = tfl_value_name(c, tensor), .maker = c->call};
        c->values[tensor] = broken;
    }
}

static bool made_before(struct convert *c)
{
    for (size_t k = 0; k < c->op->outputs.count; k++)
        if (c->values[tfl_output(c, k)] || c->model->tensors[tfl_output(c, k)].held) {
            diag_report_file(c->im->diag, CHECK_TFLITE, c->im->path, "%s makes the tensor \"%s\" a second time",
                             c->call->type, c->model->tensors[tfl_output(c, k)].name);
            return true;
        }
    return false;
}

bool tfl_run(struct convert *c)
{
    for (size_t i = 0; i < c->model->operator_count; i++) {
        begin_operator(c, i);
        if (made_before(c))
            return false;
        if (!c->call->refusal && !has_broken_input(c->call) && may_run(c) && !c->row->function(c))
            tfl_refuse(c, "it cannot be compiled");
        end_operator(c);
    }
    return true;
}
