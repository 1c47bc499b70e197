/* Operators that compute in integers: each is a few steps in operators of floats between DequantizeLinear and
 * QuantizeLinear, which have the same meaning. ConvInteger and MatMulInteger give sums of 32 bits that no scale belongs
 * to; DynamicQuantizeLinear finds the scale while the network runs. These are floats that hold integers. */
#include <string.h>

#include "import.h"

/* ---- steps ---- */

static struct call *new_step(struct importer *im, const struct call *call, const char *type,
                             struct value *const *inputs, size_t count)
{
    struct call *step = ARENA_NEW(im->arena, struct call);
    size_t *readers = ARENA_NEW(im->arena, size_t);
    const char *name = arena_printf(im->arena, "step %p", (const void *)step);
    *readers = 1;
    map_set(im->arena, &im->readers, name, readers);
    step->type = type;
    step->name = call->name;
    step->given_name = call->given_name;
    step->attributes = call->attributes;
    step->attribute_count = call->attribute_count;
    step->inputs = ARENA_ARRAY(im->arena, struct value *, count + 1);
    memcpy(step->inputs, inputs, count * sizeof *inputs);
    step->input_count = count;
    step->outputs = ARENA_ARRAY(im->arena, struct value *, 1);
    step->output_count = 1;
    step->outputs[0] = ARENA_NEW(im->arena, struct value);
    *step->outputs[0] = (struct value){.kind = VALUE_BROKEN, .name = name, .maker = step};
    return step;
}

struct value *import_step(struct importer *im, struct call *call, const char *type, struct value *const *inputs,
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!inputs[i])
            return NULL;
    struct call *step = new_step(im, call, type, inputs, count);
    import_call(im, step);
    if (!step->refusal && step->outputs[0]->kind != VALUE_BROKEN)
        return step->outputs[0];
    refuse(im, call, "%s", step->refusal ? step->refusal : "it cannot be compiled");
    return NULL;
}

static struct value *number(struct importer *im, struct call *call, double x)
{
    struct value *value = ARENA_NEW(im->arena, struct value);
    struct constant *constant = constant_new(im, ONNX_FLOAT, (struct dims){0});
    if (!constant) {
        refuse(im, call, "the model is too large");
        return NULL;
    }
    constant_numbers(constant)[0] = x;
    *value = (struct value){.kind = VALUE_CONSTANT, .name = "", .type = ONNX_FLOAT, .constant = constant};
    return value;
}

/* ---- between scales ---- */

static bool has_inputs(struct importer *im, struct call *call, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!call_has(call, i))
            return refuse(im, call, "it lacks input %zu", i);
    return true;
}

static struct value *dequantised(struct importer *im, struct call *call, size_t i, int64_t axis)
{
    struct value *x = call->inputs[i];
    return x->kind == VALUE_VIEW || x->kind == VALUE_CONSTANT ? import_dequantised(im, call, x, i + 1, axis) : NULL;
}

/* The result with the scale at input `scale'. */
static bool give_quantised_as(struct importer *im, struct call *call, struct value *result, size_t scale, int type)
{
    struct import_meaning meaning;
    return result && import_meaning_of(im, call, scale, type, &meaning) &&
           give(call, import_quantised(im, call, result, type, meaning));
}

static bool give_quantised(struct importer *im, struct call *call, struct value *result, size_t scale)
{
    return give_quantised_as(im, call, result, scale, import_type_at(call, scale));
}

/* The result of ONNX Runtime's operators has the type of operand i, unless its zero point says another. */
static bool give_like(struct importer *im, struct call *call, struct value *result, size_t scale, size_t i)
{
    const int type = call_has(call, scale + 1) ? import_type_at(call, scale) : (int)call->inputs[i]->type;
    return give_quantised_as(im, call, result, scale, type);
}

/* ---- QLinearConv, QLinearMatMul, QGemm ---- */

/* A bias of int32, in units of input scale * weight scale. */
static struct value *bias_of(struct importer *im, struct call *call, size_t i, size_t input, const struct value *weight)
{
    const struct constant *bias = call_constant(call, i), *scale = call_constant(call, input + 1);
    const struct scales *scales = weight->constant->scales;
    if (!bias || bias->type != ONNX_INT32) {
        refuse(im, call, "its bias \"%s\" is not a constant of int32", call->inputs[i]->name);
        return NULL;
    }
    if (scales->count > 1 && scales->count != bias->count) {
        refuse(im, call, "its bias \"%s\" has %lld numbers for %lld filters", bias->name, (long long)bias->count,
               (long long)scales->count);
        return NULL;
    }
    struct constant *result = constant_new(im, ONNX_FLOAT, bias->dims);
    float *units = ARENA_ARRAY(im->arena, float, (size_t)scales->count + 1);
    struct scales *own = ARENA_NEW(im->arena, struct scales);
    if (!result)
        return NULL;
    for (int64_t k = 0; k < scales->count; k++)
        units[k] = (float)(constant_at(scale, 0) * (double)scales->at[k]);
    *own = (struct scales){units, scales->count};
    for (int64_t k = 0; k < bias->count; k++)
        constant_numbers(result)[k] = constant_at(bias, k) * (double)units[scales->count > 1 ? k : 0];
    result->name = bias->name;
    result->trained = true;
    result->scales = own;
    struct value *value = ARENA_NEW(im->arena, struct value);
    *value = (struct value){
        .kind = VALUE_CONSTANT, .name = "", .type = ONNX_FLOAT, .dims = result->dims, .constant = result};
    return value;
}

bool op_qlinear_conv(struct importer *im, struct call *call)
{
    enum { X = 0, W = 3, Y_SCALE = 6, BIAS = 8 };
    if (!has_inputs(im, call, 8))
        return false;
    if (!call_constant(call, W))
        return refuse(im, call, "its weights \"%s\" are not a constant", call->inputs[W]->name);
    struct value *inputs[] = {dequantised(im, call, X, 1), dequantised(im, call, W, 0), NULL};
    const bool bias = call_has(call, BIAS);
    if (!inputs[0] || !inputs[1])
        return false;
    if (bias)
        inputs[2] = bias_of(im, call, BIAS, X, inputs[1]);
    return give_quantised(im, call, import_step(im, call, "Conv", inputs, bias ? 3 : 2), Y_SCALE);
}

bool op_qlinear_matmul(struct importer *im, struct call *call)
{
    enum { A = 0, B = 3, Y_SCALE = 6 };
    if (!has_inputs(im, call, 8))
        return false;
    struct value *inputs[] = {dequantised(im, call, A, -2), dequantised(im, call, B, -1)};
    return give_quantised(im, call, import_step(im, call, "MatMul", inputs, 2), Y_SCALE);
}

bool op_qgemm(struct importer *im, struct call *call)
{
    enum { A = 0, B = 3, C = 6, Y_SCALE = 7 };
    if (!has_inputs(im, call, 6))
        return false;
    if (call_float(call, "alpha", 1) != 1)
        return refuse(im, call, "its alpha is %g; 1 is supported", (double)call_float(call, "alpha", 1));
    const int64_t axis = call_int(call, "transB", 0) ? 0 : 1;
    struct value *inputs[] = {dequantised(im, call, A, 0), dequantised(im, call, B, axis), NULL};
    const bool bias = call_has(call, C);
    if (!inputs[0] || !inputs[1])
        return false;
    if (bias && !call_constant(call, B))
        return refuse(im, call, "its weights \"%s\" are not a constant", call->inputs[B]->name);
    if (bias)
        inputs[2] = bias_of(im, call, C, A, inputs[1]);
    struct value *result = import_step(im, call, "Gemm", inputs, bias ? 3 : 2);
    return call_has(call, Y_SCALE) ? give_quantised(im, call, result, Y_SCALE) : give(call, result);
}

/* ---- ONNX Runtime's operators between scales ---- */

static const struct qlinear {
    const char *type, *step;
    size_t operands; /* each with its scale and zero point; those of the result follow */
} rows[] = {
    {"QLinearAdd", "Add", 2},
    {"QLinearMul", "Mul", 2},
    {"QLinearSigmoid", "Sigmoid", 1},
    {"QLinearLeakyRelu", "LeakyRelu", 1},
    {"QLinearSoftmax", "Softmax", 1},
    {"QLinearAveragePool", "AveragePool", 1},
    {"QLinearGlobalAveragePool", "GlobalAveragePool", 1},
};

/* The scale and zero point of the result come first, and then all operands. */
static bool concat(struct importer *im, struct call *call)
{
    const size_t count = call->input_count < 2 ? 0 : (call->input_count - 2 + 1) / 3;
    struct value **inputs = ARENA_ARRAY(im->arena, struct value *, count + 1);
    if (!has_inputs(im, call, 3))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(inputs[i] = dequantised(im, call, 2 + 3 * i, 1)))
            return false;
    return give_like(im, call, import_step(im, call, "Concat", inputs, count), 0, 2);
}

bool op_qlinear(struct importer *im, struct call *call)
{
    if (strcmp(call->type, "QLinearConcat") == 0)
        return concat(im, call);
    if (call_int(call, "channels_last", 0))
        return refuse(im, call, "its channels lie last, which is not supported: export the model with channels first");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t operands = rows[i].operands;
        struct value *inputs[2];
        if (strcmp(rows[i].type, call->type) != 0)
            continue;
        if (!has_inputs(im, call, 3 * operands - 1) || !call_has(call, 3 * operands))
            return refuse(im, call, "it lacks an input");
        for (size_t k = 0; k < operands; k++)
            if (!(inputs[k] = dequantised(im, call, 3 * k, 1)))
                return false;
        return give_like(im, call, import_step(im, call, rows[i].step, inputs, operands), 3 * operands, 0);
    }
    return refuse(im, call, "the operator is not supported");
}

/* ---- sums without a scale ---- */

/* Integers less their zero point, as floats. */
static struct value *centred(struct importer *im, struct call *call, size_t i, size_t zero, int axis)
{
    struct value *x = call->inputs[i];
    if (!import_type_is_quantised(x->type)) {
        refuse(im, call, "its input \"%s\" is %s; int8 and uint8 are supported", x->name, type_name(x->type));
        return NULL;
    }
    struct value *numbers = ARENA_NEW(im->arena, struct value), *offset = ARENA_NEW(im->arena, struct value);
    *numbers = *x;
    numbers->type = ONNX_FLOAT;
    if (x->kind == VALUE_VIEW && im->numbers.items[x->node->id].meaning.known) { /* scale * (integer - zero) */
        const struct import_meaning m = im->numbers.items[x->node->id].meaning;
        struct value *steps = scale_by(im, call, x, 1 / (double)m.scale, 0);
        numbers = steps ? scale_by(im, call, steps, 1, m.zero + (x->type == ONNX_UINT8 ? 128 : 0)) : NULL;
    }
    if (!call_has(call, zero))
        return numbers;
    *offset = *call->inputs[zero];
    offset->type = ONNX_FLOAT;
    if (offset->kind == VALUE_CONSTANT && offset->constant->count > 1) { /* one a filter */
        struct dims dims = {.rank = x->dims.rank};
        for (int k = 0; k < dims.rank; k++)
            dims.at[k] = k == axis ? offset->constant->count : 1;
        offset->dims = dims;
        offset->constant = constant_as(im, offset->constant, dims);
    }
    struct value *result = numbers ? import_step(im, call, "Sub", (struct value *[]){numbers, offset}, 2) : NULL;
    if (result && result->kind == VALUE_CONSTANT)
        ((struct constant *)(uintptr_t)result->constant)->trained = true;
    return result;
}

static bool give_sums(struct call *call, struct value *result)
{
    if (!give(call, result))
        return false;
    call->outputs[0]->type = ONNX_INT32;
    return true;
}

bool op_conv_integer(struct importer *im, struct call *call)
{
    if (!has_inputs(im, call, 2))
        return false;
    struct value *inputs[] = {centred(im, call, 0, 2, -1), centred(im, call, 1, 3, 0)};
    return give_sums(call, import_step(im, call, "Conv", inputs, 2));
}

bool op_matmul_integer(struct importer *im, struct call *call)
{
    if (!has_inputs(im, call, 2))
        return false;
    const int rank_a = call->inputs[0]->dims.rank, rank_b = call->inputs[1]->dims.rank;
    struct value *inputs[] = {centred(im, call, 0, 2, rank_a - 2), centred(im, call, 1, 3, rank_b - 1)};
    return give_sums(call, import_step(im, call, "MatMul", inputs, 2));
}

/* The least or largest number and 0. */
static struct value *extreme(struct importer *im, struct call *call, const char *reduce, const char *limit,
                             struct value *x)
{
    const struct dims scalar = {0};
    struct call *step = new_step(im, call, reduce, &x, 1);
    struct attribute *keep = ARENA_NEW(im->arena, struct attribute);
    *keep = (struct attribute){.name = "keepdims", .has_i = true};
    step->attributes = keep;
    step->attribute_count = 1;
    import_call(im, step);
    if (step->refusal) {
        refuse(im, call, "%s", step->refusal);
        return NULL;
    }
    struct value *one = view_reshape(im, call, step->outputs[0], &scalar);
    return import_step(im, call, limit, (struct value *[]){one, number(im, call, 0)}, 2);
}

/* From 0 to 255. */
static struct value *byte(struct importer *im, struct call *call, struct value *x)
{
    return import_step(im, call, "Clip", (struct value *[]){x, number(im, call, 0), number(im, call, 255)}, 3);
}

bool op_dynamic_quantize(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    if (!x || x->type != ONNX_FLOAT || call->output_count < 3)
        return refuse(im, call, "it takes floats and has three results");
    struct value *least = extreme(im, call, "ReduceMin", "Min", x), *most = extreme(im, call, "ReduceMax", "Max", x);
    struct value *range = import_step(im, call, "Sub", (struct value *[]){most, least}, 2);
    struct value *wide = import_step(im, call, "Max", (struct value *[]){range, number(im, call, 1e-30)}, 2);
    struct value *scale = import_step(im, call, "Div", (struct value *[]){wide, number(im, call, 255)}, 2);
    struct value *below = import_step(im, call, "Div", (struct value *[]){least, scale}, 2);
    struct value *lowest = import_step(im, call, "Neg", &below, 1);
    struct value *zero = import_step(im, call, "Round", (struct value *[]){byte(im, call, lowest)}, 1);
    struct value *steps = import_step(im, call, "Div", (struct value *[]){x, scale}, 2);
    struct value *rounded = import_step(im, call, "Round", &steps, 1);
    struct value *shifted = import_step(im, call, "Add", (struct value *[]){rounded, zero}, 2);
    struct value *y = byte(im, call, shifted);
    if (!y || !scale || !zero)
        return false;
    call_give(call, 0, y);
    call_give(call, 1, scale);
    call_give(call, 2, zero);
    call->outputs[0]->type = call->outputs[2]->type = ONNX_UINT8;
    return true;
}
