/* Writing a graph as an ONNX model. The operators are composed in memory (build.h); the numbers go
 * to the file one tensor at a time, so that a large network takes little memory. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "export.h"
#include "fields.h"
#include "onnx.h"
#include "quantise/types.h"
#include "weights/weights.h"
#include "wire.h"

/* The format's own limit: readers refuse larger messages. */
static const uint64_t FILE_LIMIT = ((uint64_t)1 << 31) - 1;

static void write_operator(struct builder *b, const struct onnx_operator *op, const char *name)
{
    struct text node = text_new(b->arena);
    for (size_t i = 0; i < op->input_count; i++)
        wire_string(&node, NODE_INPUT, op->inputs[i]);
    wire_string(&node, NODE_OUTPUT, op->output);
    wire_string(&node, NODE_NAME, name);
    wire_string(&node, NODE_OP, op->type);
    text_add_bytes(&node, op->attributes.bytes, op->attributes.length);
    wire_message(&b->nodes, GRAPH_NODE, &node);
}

/* The last operator takes the layer's name and makes the layer's tensor. */
static void flush_layer(struct builder *b)
{
    const size_t count = b->operators.count;
    for (size_t i = 0; i < count; i++) {
        struct onnx_operator *op = &b->operators.items[i];
        if (i == count - 1)
            op->output = b->tensors[b->node->id];
        write_operator(b, op, i == count - 1 ? b->node->name : op->output);
    }
}

static void write_value(struct builder *b, struct text *out, int field, const char *name, int type, const int64_t *dims,
                        int rank)
{
    struct text shape = text_new(b->arena), tensor = text_new(b->arena), kind = text_new(b->arena);
    for (int i = 0; i < rank; i++) {
        struct text dimension = text_new(b->arena);
        wire_int(&dimension, DIMENSION_VALUE, dims[i]);
        wire_message(&shape, SHAPE_DIMENSION, &dimension);
    }
    wire_int(&tensor, TENSOR_TYPE_ELEMENT, type);
    wire_message(&tensor, TENSOR_TYPE_SHAPE, &shape);
    wire_message(&kind, TYPE_TENSOR, &tensor);
    struct text value = text_new(b->arena);
    wire_string(&value, VALUE_NAME, name);
    wire_message(&value, VALUE_TYPE, &kind);
    wire_message(out, field, &value);
}

static void write_shape(struct builder *b, struct text *out, int field, const char *name, int type, struct shape shape,
                        enum layout layout, int rank)
{
    const int64_t chw[] = {1, shape.c, shape.h, shape.w}, hwc[] = {1, shape.h, shape.w, shape.c};
    write_value(b, out, field, name, type, layout == LAYOUT_HWC ? hwc : chw, rank);
}

/* An input that is worked on at once (u8, hwc, mean, scale) is called NAME.input outside. */
static const char *input_name(struct builder *b, const struct node *node)
{
    const struct layer_args *args = &node->args;
    if (node->element != ELEMENT_F32 || onnx_becomes_integers(b) || args->layout == LAYOUT_HWC || args->mean ||
        args->scale)
        return arena_printf(b->arena, "%s.input", node->name);
    return node->name;
}

/* Integers are a tensor beside the initializer, which has the layer's name. */
static void compose_const(struct builder *b, const char *initializer)
{
    if (!onnx_becomes_integers(b))
        return;
    b->tensors[b->node->id] = arena_printf(b->arena, "%s.quantized", b->node->name);
    onnx_quantise(b, initializer);
    flush_layer(b);
}

static bool compose_node(struct builder *b, const struct node *node, struct text *ends)
{
    b->node = node;
    b->tensors[node->id] = node->name;
    if (node->kind == LAYER_INPUT) {
        b->tensors[node->id] = input_name(b, node);
        const int type = node->element == ELEMENT_U8   ? TYPE_UINT8
                         : node->element == ELEMENT_S8 ? TYPE_INT8
                                                       : TYPE_FLOAT;
        write_shape(b, ends, GRAPH_INPUT, b->tensors[node->id], type, node->shape, node->args.layout, 4);
    }
    if (!onnx_scales_have_axis(b)) {
        struct message *message =
            node_report(b->diag, CHECK_UNSUPPORTED, node,
                        "ONNX has no axis for a scale a filter of a DECONV whose %lld groups have %lld filters each",
                        (long long)node->args.groups, (long long)(node->shape.c / node->args.groups));
        message_help(message, "--keep-float=%s, when it is quantised, keeps the layer in floats", node->name);
        return false;
    }
    if (!export_layer(b)) {
        struct message *message = diag_report(b->diag, CHECK_UNSUPPORTED, node->span, "ONNX cannot express %s",
                                              layer_table[node->kind].keyword);
        message_help(message, "the layer's name is %s", node->name);
        return false;
    }
    const char *input = b->tensors[node->id];
    if (node->kind == LAYER_CONST) {
        compose_const(b, input);
        return true;
    }
    b->tensors[node->id] = node->name;
    if (b->operators.count == 0 && node->kind != LAYER_INPUT) {
        struct attributes none = onnx_attributes(b);
        onnx_op(b, "Identity", &none, b->tensors[node->inputs[0]->id], (char *)NULL);
    }
    if (onnx_becomes_integers(b))
        onnx_quantise(b, b->operators.count ? b->operators.items[b->operators.count - 1].output : input);
    flush_layer(b);
    return true;
}

static void compose_outputs(struct builder *b, struct text *ends)
{
    for (size_t i = 0; i < b->graph->outputs.count; i++) {
        const struct output_tensor *output = &b->graph->outputs.items[i];
        const struct node *node = output->node;
        const char *name = b->tensors[node->id];
        if (layer_begins_chain(node->kind)) { /* a result may be neither an input nor an initializer */
            b->node = node;
            b->operators.count = 0;
            name = arena_printf(b->arena, "%s.output", node->name);
            const struct onnx_operator same = {.type = "Identity",
                                               .output = name,
                                               .inputs = &b->tensors[node->id],
                                               .input_count = 1,
                                               .attributes = text_new(b->arena)};
            write_operator(b, &same, name);
        }
        int type = TYPE_FLOAT;
        if (b->types && b->types->nodes[node->id].integers && types_end_in_integers(b->types)) {
            type = TYPE_INT8;
            b->node = node;
            b->operators.count = 0;
            name = onnx_to_integers(b, name);
            write_operator(b, &b->operators.items[0], name);
        }
        if (node->element == ELEMENT_S32) {
            type = TYPE_INT32;
            b->node = node;
            b->operators.count = 0;
            onnx_cast(b, name, type);
            name = arena_printf(b->arena, "%s.output", node->name);
            b->operators.items[0].output = name;
            write_operator(b, &b->operators.items[0], name);
        }
        write_shape(b, ends, GRAPH_OUTPUT, name, type, node->shape, output->layout, b->ranks[node->id]);
    }
}

static uint64_t numbers_length(const struct initializer *initializer)
{
    return initializer->weight ? (uint64_t)initializer->weight->count * 4 : (uint64_t)initializer->length;
}

/* The head of an initializer: everything but its numbers. */
static struct text initializer_head(struct builder *b, const struct initializer *initializer)
{
    struct text head = text_new(b->arena);
    for (int i = 0; i < initializer->rank; i++)
        wire_int(&head, TENSOR_DIMS, initializer->dims[i]);
    wire_int(&head, TENSOR_TYPE, initializer->weight ? TYPE_FLOAT : initializer->type);
    wire_string(&head, TENSOR_NAME, initializer->name);
    wire_head(&head, TENSOR_RAW, numbers_length(initializer));
    return head;
}

static uint64_t initializer_length(struct builder *b, const struct initializer *initializer)
{
    return initializer_head(b, initializer).length + numbers_length(initializer);
}

static void to_little_endian(float *values, int64_t count)
{
    const uint32_t probe = 1;
    if (*(const unsigned char *)&probe == 1)
        return;
    unsigned char *bytes = (unsigned char *)values;
    for (int64_t i = 0; i < count; i++, bytes += 4) {
        const unsigned char a = bytes[0], c = bytes[1];
        bytes[0] = bytes[3];
        bytes[1] = bytes[2];
        bytes[2] = c;
        bytes[3] = a;
    }
}

static bool write_initializer(struct builder *b, const struct weights *weights, const struct initializer *initializer,
                              struct output *file)
{
    const struct weight *weight = initializer->weight;
    struct text head = text_new(b->arena), tensor = initializer_head(b, initializer);
    wire_head(&head, GRAPH_INITIALIZER, initializer_length(b, initializer));
    text_add_bytes(&head, tensor.bytes, tensor.length);
    if (!weight) {
        output_write(file, head.bytes, head.length);
        output_write(file, initializer->bytes, (size_t)initializer->length);
        return true;
    }
    float *values = heap_array((size_t)weight->count, sizeof *values);
    if (!weights_read(weights, weight, values)) {
        free(values);
        diag_report_file(b->diag, CHECK_WEIGHTS, NULL, "the numbers of %s cannot be read", weight->name);
        return false;
    }
    to_little_endian(values, weight->count);
    /* A failed write is remembered and reported by output_commit. */
    output_write(file, head.bytes, head.length);
    output_write(file, values, (size_t)weight->count * sizeof *values);
    free(values);
    return true;
}

static struct text model_head(struct builder *b, uint64_t graph_length)
{
    struct text head = text_new(b->arena), opset = text_new(b->arena);
    wire_int(&opset, OPSET_VERSION, EXPORT_OPSET);
    wire_int(&head, MODEL_IR_VERSION, EXPORT_IR_VERSION);
    wire_string(&head, MODEL_PRODUCER, "cnnc");
    wire_message(&head, MODEL_OPSET, &opset);
    wire_head(&head, MODEL_GRAPH, graph_length);
    return head;
}

static bool write_model(struct builder *b, const struct weights *weights, const struct text *ends, const char *path)
{
    struct text tail = text_new(b->arena);
    wire_string(&tail, GRAPH_NAME, b->graph->name);
    text_add_bytes(&tail, ends->bytes, ends->length);
    uint64_t length = b->nodes.length + tail.length;
    for (size_t i = 0; i < b->initializers.count; i++)
        length += wire_field_size(GRAPH_INITIALIZER, initializer_length(b, &b->initializers.items[i]));
    const struct text head = model_head(b, length);
    if (head.length + length > FILE_LIMIT) {
        diag_report_file(b->diag, CHECK_UNSUPPORTED, path,
                         "an ONNX file holds at most 2 GiB; this network takes %llu bytes",
                         (unsigned long long)(head.length + length));
        return false;
    }
    const char *error = NULL;
    struct output *file = output_open(b->arena, path, &error);
    if (file) {
        output_write(file, head.bytes, head.length);
        output_write(file, b->nodes.bytes, b->nodes.length);
        output_write(file, tail.bytes, tail.length);
        for (size_t i = 0; i < b->initializers.count; i++)
            if (!write_initializer(b, weights, &b->initializers.items[i], file)) {
                output_discard(file);
                return false;
            }
    }
    if (!file || !output_commit(file, &error)) {
        diag_report_file(b->diag, CHECK_FILE, path, "cannot write: %s", error);
        return false;
    }
    return true;
}

bool onnx_export(struct arena *arena, struct diag *diag, const struct graph *graph, const struct weights *weights,
                 const struct types *types, const char *path)
{
    struct builder b = {.arena = arena, .diag = diag, .graph = graph, .types = types, .nodes = text_new(arena)};
    struct text ends = text_new(arena);
    b.tensors = ARENA_ARRAY(arena, const char *, graph->nodes.count);
    b.ranks = ARENA_ARRAY(arena, int, graph->nodes.count);
    bool ok = true;
    for (size_t i = 0; i < graph->nodes.count && !diag_full(diag); i++)
        ok = compose_node(&b, graph->nodes.items[i], &ends) && ok;
    if (!ok)
        return false;
    compose_outputs(&b, &ends);
    return write_model(&b, weights, &ends, path);
}
