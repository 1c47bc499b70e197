/* Writes a network's weights as .safetensors, float32, in the order of the layers. Literals stay in
 * the text, and shared tensors are written once: exactly what weights_open expects. */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/json_text.h"
#include "base/text.h"
#include "weights/weights.h"

typedef bool visitor(void *state, const struct weight *weight);

/* Calls visit for every weight that a file holds, until it returns false. */
static bool visit_weights(const struct graph *graph, const struct weights *weights, visitor *visit, void *state)
{
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        for (size_t k = 0; k < node->weight_count && !node->shares; k++)
            if (!node->weights[k].literal && weights_have(weights, &node->weights[k]) &&
                !visit(state, &node->weights[k]))
                return false;
    }
    return true;
}

struct header {
    struct text text;
    int64_t offset;
};

static bool describe(void *state, const struct weight *weight)
{
    struct header *header = state;
    int64_t end = header->offset + weight->count * element_bytes(ELEMENT_F32);
    text_add(&header->text, header->text.length > 1 ? "," : "");
    json_add_string(&header->text, weight->name);
    text_add(&header->text, ":{\"dtype\":\"F32\",\"shape\":[");
    for (int i = 0; i < weight->rank; i++)
        text_printf(&header->text, "%s%lld", i ? "," : "", (long long)weight->dims[i]);
    text_printf(&header->text, "],\"data_offsets\":[%lld,%lld]}", (long long)header->offset, (long long)end);
    header->offset = end;
    return true;
}

static void store_little_endian(unsigned char *bytes, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
}

static bool write_header(struct arena *arena, const struct graph *graph, const struct weights *weights,
                         struct output *output)
{
    struct header header = {text_new(arena), 0};
    unsigned char length[8];
    text_add_char(&header.text, '{');
    visit_weights(graph, weights, describe, &header);
    text_add_char(&header.text, '}');
    while (header.text.length % 8)
        text_add_char(&header.text, ' '); /* align the numbers */
    store_little_endian(length, header.text.length, 8);
    return output_write(output, length, 8) && output_write(output, header.text.bytes, header.text.length);
}

struct writer {
    const struct weights *weights;
    struct output *output;
    const char *error;
};

static bool write_numbers(void *state, const struct weight *weight)
{
    struct writer *writer = state;
    float *values = heap_array((size_t)weight->count, sizeof *values);
    bool ok = weights_read(writer->weights, weight, values);
    if (!ok)
        writer->error = "a tensor cannot be read";
    for (int64_t i = 0; ok && i < weight->count; i++) { /* in place: every float as little-endian bytes */
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        store_little_endian((unsigned char *)&values[i], bits, sizeof bits);
    }
    ok = ok && output_write(writer->output, values, (size_t)weight->count * sizeof *values);
    free(values);
    return ok;
}

struct output *weights_put_safetensors(struct arena *arena, const struct weights *weights, const struct graph *graph,
                                       const char *path, const char **error)
{
    struct output *output = output_open(arena, path, error);
    if (!output)
        return NULL;
    struct writer writer = {weights, output, NULL};
    if (write_header(arena, graph, weights, output))
        visit_weights(graph, weights, write_numbers, &writer);
    if (!writer.error)
        return output; /* a failed write is remembered there */
    *error = writer.error;
    output_discard(output);
    return NULL;
}

bool weights_write_safetensors(struct arena *arena, const struct weights *weights, const struct graph *graph,
                               const char *path, const char **error)
{
    struct output *output = weights_put_safetensors(arena, weights, graph, path, error);
    return output && output_commit(output, error);
}

/* ---- tensors by name ---- */

static const char *type_word(enum element_type type)
{
    return type == ELEMENT_S8 ? "I8" : type == ELEMENT_S32 ? "I32" : "F32";
}

static void describe_named(struct header *header, const struct named_tensor *tensor)
{
    int64_t end = header->offset + tensor->count * element_bytes(tensor->type);
    text_add(&header->text, header->text.length > 1 ? "," : "");
    json_add_string(&header->text, tensor->name);
    text_printf(&header->text, ":{\"dtype\":\"%s\",\"shape\":[", type_word(tensor->type));
    for (int i = 0; i < tensor->rank; i++)
        text_printf(&header->text, "%s%lld", i ? "," : "", (long long)tensor->dims[i]);
    text_printf(&header->text, "],\"data_offsets\":[%lld,%lld]}", (long long)header->offset, (long long)end);
    header->offset = end;
}

static bool write_named(struct output *output, const struct held_tensor *tensor)
{
    const size_t width = (size_t)element_bytes(tensor->is.type), count = (size_t)tensor->is.count;
    unsigned char *bytes = heap_array(count * width + 1, 1);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = 0;
        if (width == 1)
            bits = ((const unsigned char *)tensor->numbers)[i];
        else
            memcpy(&bits, (const unsigned char *)tensor->numbers + i * width, sizeof bits);
        store_little_endian(bytes + i * width, bits, (int)width);
    }
    bool ok = output_write(output, bytes, count * width);
    free(bytes);
    return ok;
}

struct output *weights_put_named(struct arena *arena, const struct held_tensor *tensors, size_t count, const char *path,
                                 const char **error)
{
    struct header header = {text_new(arena), 0};
    unsigned char length[8];
    struct output *output = output_open(arena, path, error);
    if (!output)
        return NULL;
    text_add_char(&header.text, '{');
    for (size_t i = 0; i < count; i++)
        describe_named(&header, &tensors[i].is);
    text_add_char(&header.text, '}');
    while (header.text.length % 8)
        text_add_char(&header.text, ' ');
    store_little_endian(length, header.text.length, 8);
    bool ok = output_write(output, length, 8) && output_write(output, header.text.bytes, header.text.length);
    for (size_t i = 0; ok && i < count; i++)
        ok = write_named(output, &tensors[i]);
    return output; /* a failed write is remembered there */
}
