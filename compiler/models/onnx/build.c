/* Composing an ONNX graph: the forms that the rules are made of. Which operators a layer takes is
 * in export_layers.c. */
#include "build.h"

#include <stdarg.h>
#include <string.h>

#include "fields.h"
#include "wire.h"

struct attributes onnx_attributes(struct builder *b)
{
    struct attributes attributes = {text_new(b->arena)};
    return attributes;
}

static void attribute_add(struct attributes *a, const char *name, int kind, const struct text *value)
{
    struct text attribute = text_new(a->text.arena);
    wire_string(&attribute, ATTRIBUTE_NAME, name);
    text_add_bytes(&attribute, value->bytes, value->length);
    wire_int(&attribute, ATTRIBUTE_TYPE, kind);
    wire_message(&a->text, NODE_ATTRIBUTE, &attribute);
}

void attribute_int(struct attributes *a, const char *name, int64_t value)
{
    struct text text = text_new(a->text.arena);
    wire_int(&text, ATTRIBUTE_INT, value);
    attribute_add(a, name, KIND_INT, &text);
}

void attribute_ints(struct attributes *a, const char *name, const int64_t *values, size_t count)
{
    struct text text = text_new(a->text.arena);
    for (size_t i = 0; i < count; i++)
        wire_int(&text, ATTRIBUTE_INTS, values[i]);
    attribute_add(a, name, KIND_INTS, &text);
}

void attribute_float(struct attributes *a, const char *name, double value)
{
    struct text text = text_new(a->text.arena);
    wire_float(&text, ATTRIBUTE_FLOAT, (float)value);
    attribute_add(a, name, KIND_FLOAT, &text);
}

void attribute_string(struct attributes *a, const char *name, const char *value)
{
    struct text text = text_new(a->text.arena);
    wire_string(&text, ATTRIBUTE_STRING, value);
    attribute_add(a, name, KIND_STRING, &text);
}

const char *onnx_op_list(struct builder *b, const char *type, const struct attributes *attributes,
                         const char *const inputs[], size_t count)
{
    struct onnx_operator op = {.type = type};
    op.input_count = count;
    const char **copy = ARENA_ARRAY(b->arena, const char *, count);
    memcpy(copy, inputs, count * sizeof *copy);
    op.inputs = copy;
    op.attributes = attributes ? attributes->text : text_new(b->arena);
    op.output = arena_printf(b->arena, "%s/%zu_%s", b->node->name, b->operators.count, type);
    VEC_PUSH(b->arena, &b->operators, op);
    return op.output;
}

const char *onnx_op(struct builder *b, const char *type, const struct attributes *attributes, ...)
{
    const char *inputs[8];
    size_t count = 0;
    va_list arguments;
    va_start(arguments, attributes);
    for (const char *input; count < 8 && (input = va_arg(arguments, const char *)) != NULL;)
        inputs[count++] = input;
    va_end(arguments);
    return onnx_op_list(b, type, attributes, inputs, count);
}

static const char *add_constant(struct builder *b, int type, const int64_t *dims, int rank, const struct text *raw)
{
    struct text tensor = text_new(b->arena);
    for (int i = 0; i < rank; i++)
        wire_int(&tensor, TENSOR_DIMS, dims[i]);
    wire_int(&tensor, TENSOR_TYPE, type);
    wire_message(&tensor, TENSOR_RAW, raw);
    struct text value = text_new(b->arena);
    wire_message(&value, ATTRIBUTE_TENSOR, &tensor);
    struct attributes attributes = onnx_attributes(b);
    attribute_add(&attributes, "value", KIND_TENSOR, &value);

    /* Constants are written at once: they are no step of the layer. */
    const char *name = arena_printf(b->arena, "%s/constant%d", b->node->name, b->constant_count++);
    struct text node = text_new(b->arena);
    wire_string(&node, NODE_OUTPUT, name);
    wire_string(&node, NODE_NAME, name);
    wire_string(&node, NODE_OP, "Constant");
    text_add_bytes(&node, attributes.text.bytes, attributes.text.length);
    wire_message(&b->nodes, GRAPH_NODE, &node);
    return name;
}

static void raw_float(struct text *raw, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    for (int shift = 0; shift < 32; shift += 8)
        text_add_char(raw, (char)(unsigned char)(bits >> shift));
}

const char *onnx_floats(struct builder *b, const double *values, const int64_t *dims, int rank)
{
    struct text raw = text_new(b->arena);
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= dims[i];
    for (int64_t i = 0; i < count; i++)
        raw_float(&raw, values[i]);
    return add_constant(b, TYPE_FLOAT, dims, rank, &raw);
}

const char *onnx_scalar(struct builder *b, double value)
{
    return onnx_floats(b, &value, NULL, 0);
}

const char *onnx_filled(struct builder *b, double value, int64_t count)
{
    struct text raw = text_new(b->arena);
    for (int64_t i = 0; i < count; i++)
        raw_float(&raw, value);
    return add_constant(b, TYPE_FLOAT, &count, 1, &raw);
}

const char *onnx_ints(struct builder *b, const int64_t *values, size_t count)
{
    struct text raw = text_new(b->arena);
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8)
            text_add_char(&raw, (char)(unsigned char)((uint64_t)values[i] >> shift));
    int64_t length = (int64_t)count;
    return add_constant(b, TYPE_INT64, &length, 1, &raw);
}

static const char *literal_floats(struct builder *b, const struct weight *weight, const int64_t *dims, int rank)
{
    struct text raw = text_new(b->arena);
    for (int64_t i = 0; i < weight->count; i++)
        raw_float(&raw, weight_literal(weight, i));
    return add_constant(b, TYPE_FLOAT, dims, rank, &raw);
}

const char *onnx_weight(struct builder *b, enum weight_role role, const int64_t *dims, int rank)
{
    const struct weight *weight = node_weight(b->node, role);
    if (onnx_computes_integers(b))
        return onnx_integer_weight(b, role);
    if (!weight)
        return NULL;
    if (rank == 0) {
        dims = weight->dims;
        rank = weight->rank;
    }
    if (weight->literal)
        return literal_floats(b, weight, dims, rank);
    if (!map_get(&b->stored, weight->name)) {
        struct initializer initializer = {.name = weight->name, .weight = weight, .rank = rank};
        memcpy(initializer.dims, dims, (size_t)rank * sizeof *dims);
        VEC_PUSH(b->arena, &b->initializers, initializer);
        map_set(b->arena, &b->stored, weight->name, b);
    }
    return weight->name;
}

const char *onnx_weight_per_map(struct builder *b, enum weight_role role)
{
    const struct weight *weight = node_weight(b->node, role);
    int64_t dims[] = {weight ? weight->count : 0, 1, 1};
    return onnx_weight(b, role, dims, dims[0] == 1 ? 1 : 3);
}

const char *onnx_reshape(struct builder *b, const char *tensor, const int64_t *dims, size_t count)
{
    return onnx_op(b, "Reshape", NULL, tensor, onnx_ints(b, dims, count), (char *)NULL);
}

const char *onnx_transpose(struct builder *b, const char *tensor, const int64_t *axes, size_t count)
{
    struct attributes a = onnx_attributes(b);
    attribute_ints(&a, "perm", axes, count);
    return onnx_op(b, "Transpose", &a, tensor, (char *)NULL);
}

const char *onnx_input4(struct builder *b, size_t i)
{
    const struct node *input = b->node->inputs[i];
    if (b->ranks[input->id] == 4)
        return b->tensors[input->id];
    int64_t dims[] = {1, input->shape.c, input->shape.h, input->shape.w};
    return onnx_reshape(b, b->tensors[input->id], dims, 4);
}

const char *onnx_input2(struct builder *b, size_t i)
{
    const struct node *input = b->node->inputs[i];
    if (b->ranks[input->id] == 2)
        return b->tensors[input->id];
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    return onnx_op(b, "Flatten", &a, b->tensors[input->id], (char *)NULL);
}

const char *onnx_any_input(struct builder *b)
{
    const struct node *input = b->node->inputs[0];
    b->ranks[b->node->id] = b->ranks[input->id];
    return b->tensors[input->id];
}

const char *onnx_unary(struct builder *b, const char *type, const char *input)
{
    return onnx_op(b, type, NULL, input, (char *)NULL);
}

const char *onnx_cast(struct builder *b, const char *input, int type)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "to", type);
    return onnx_op(b, "Cast", &a, input, (char *)NULL);
}

const char *onnx_with_scalar(struct builder *b, const char *type, const char *input, double value)
{
    return onnx_op(b, type, NULL, input, onnx_scalar(b, value), (char *)NULL);
}

void onnx_affine(struct builder *b, const char *x)
{
    if (node_weight(b->node, ROLE_WEIGHT))
        x = onnx_op(b, "Mul", NULL, x, onnx_weight_per_map(b, ROLE_WEIGHT), (char *)NULL);
    if (node_weight(b->node, ROLE_BIAS))
        onnx_op(b, "Add", NULL, x, onnx_weight_per_map(b, ROLE_BIAS), (char *)NULL);
}
