/* Tensors in the model's file or in one beside it, as constants. */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "import.h"
#include "onnx/onnx.pb-c.h"

/* The typed lists, for files that do not hold raw bytes. */
static bool take_list(struct importer *im, struct constant *constant, const Onnx__TensorProto *t)
{
    const size_t count = (size_t)constant->count;
    if (constant->type == ONNX_FLOAT && t->n_float_data == count) {
        constant->floats = t->float_data;
        return true;
    }
    double *numbers = ARENA_ARRAY(im->arena, double, count + 1);
    constant->numbers = numbers;
    switch (constant->type) {
    case ONNX_DOUBLE:
        for (size_t i = 0; i < count && t->n_double_data == count; i++)
            numbers[i] = t->double_data[i];
        return t->n_double_data == count;
    case ONNX_INT64:
        for (size_t i = 0; i < count && t->n_int64_data == count; i++)
            numbers[i] = (double)t->int64_data[i];
        return t->n_int64_data == count;
    case ONNX_UINT32:
    case ONNX_UINT64:
        for (size_t i = 0; i < count && t->n_uint64_data == count; i++)
            numbers[i] = (double)t->uint64_data[i];
        return t->n_uint64_data == count;
    case ONNX_FLOAT: return false;
    default:
        for (size_t i = 0; i < count && t->n_int32_data == count; i++) {
            const bool half = constant->type == ONNX_FLOAT16 || constant->type == ONNX_BFLOAT16;
            numbers[i] = half ? constant_from_bits(constant->type, (uint64_t)(uint32_t)t->int32_data[i] & 0xffff)
                              : (double)t->int32_data[i];
        }
        return t->n_int32_data == count;
    }
}

static const char *entry_of(const Onnx__TensorProto *tensor, const char *key)
{
    for (size_t i = 0; i < tensor->n_external_data; i++) {
        const Onnx__StringStringEntryProto *entry = tensor->external_data[i];
        if (entry->key && entry->value && strcmp(entry->key, key) == 0)
            return entry->value;
    }
    return NULL;
}

static bool entry_number(const Onnx__TensorProto *tensor, const char *key, uint64_t fallback, uint64_t *number)
{
    const char *text = entry_of(tensor, key);
    char *end;
    *number = fallback;
    if (!text)
        return true;
    if (*text < '0' || *text > '9')
        return false;
    *number = strtoull(text, &end, 10);
    return *end == 0;
}

/* The file must lie in the model's folder or below it, links followed. */
static const struct mapping *external_file(struct importer *im, const char *location, const char **error)
{
    struct mapping *mapping = map_get(&im->external, location);
    if (mapping)
        return mapping;
    const char *path = path_inside(im->arena, im->folder, location);
    if (!path) {
        *error = arena_printf(im->arena, "its numbers are in \"%s\", which is not a file in the model's folder",
                              location);
        return NULL;
    }
    mapping = map_get(&im->external, path); /* one file, however it is called */
    if (!mapping) {
        const char *reason;
        mapping = ARENA_NEW(im->arena, struct mapping);
        if (!file_map(im->arena, path, mapping, &reason)) {
            *error = arena_printf(im->arena, "its numbers are in \"%s\": %s", location, reason);
            return NULL;
        }
        im->budget += 8 * (int64_t)mapping->length; /* what is computed from it stays in proportion */
        map_set(im->arena, &im->external, path, mapping);
    }
    map_set(im->arena, &im->external, location, mapping);
    return mapping;
}

static bool take_external(struct importer *im, struct constant *constant, const Onnx__TensorProto *tensor,
                          const char **error)
{
    const char *location = entry_of(tensor, "location");
    uint64_t offset, length, needed = (uint64_t)constant->count * type_bytes(constant->type);
    *error = "the location of its external data is not valid";
    if (!location || !*location || !entry_number(tensor, "offset", 0, &offset) ||
        !entry_number(tensor, "length", needed, &length) || length != needed)
        return false;
    const struct mapping *mapping = external_file(im, location, error);
    if (!mapping)
        return false;
    if (offset > mapping->length || needed > mapping->length - offset) {
        *error = arena_printf(im->arena, "its numbers reach past the end of \"%s\"", location);
        return false;
    }
    if (!constant_fits_in_place(constant, mapping->bytes + offset)) { /* many tensors may lie in the same bytes */
        im->budget -= constant->count * (int64_t)sizeof(double);
        if (im->budget < 0) {
            *error = "together with those before it, it takes more memory than the files account for";
            return false;
        }
    }
    constant_take_raw(im, constant, mapping->bytes + offset);
    return true;
}

static bool take_dims(const Onnx__TensorProto *tensor, struct constant *constant)
{
    if (tensor->n_dims > IMPORT_MAX_RANK)
        return false;
    constant->dims.rank = (int)tensor->n_dims;
    for (size_t i = 0; i < tensor->n_dims; i++)
        constant->dims.at[i] = tensor->dims[i];
    constant->count = dims_count(&constant->dims);
    return constant->count >= 0;
}

/* Messages and layers repeat it. */
static const char *short_name(struct importer *im, const char *name)
{
    size_t length = strlen(name);
    return length > LIMIT_NAME ? arena_copy(im->arena, name + length - LIMIT_NAME, LIMIT_NAME) : name;
}

const struct constant *import_tensor(struct importer *im, const Onnx__TensorProto *tensor, const char **error)
{
    struct constant *constant = ARENA_NEW(im->arena, struct constant);
    constant->name = short_name(im, tensor->name ? tensor->name : "");
    constant->type = tensor->data_type;
    constant->origin = constant;
    *error = "its dimensions are not valid";
    if (!take_dims(tensor, constant))
        return NULL;
    *error = arena_printf(im->arena, "its element type %s is not supported", type_name(constant->type));
    if (!type_bytes(constant->type) || tensor->segment)
        return NULL;
    if (tensor->has_data_location && tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
        return take_external(im, constant, tensor, error) ? constant : NULL;
    *error = arena_printf(im->arena, "it does not hold as many numbers as its dimensions %s need",
                          dims_words(im->arena, &constant->dims));
    if (tensor->has_raw_data) {
        if (tensor->raw_data.len != (uint64_t)constant->count * type_bytes(constant->type))
            return NULL;
        if (constant->count)
            constant_take_raw(im, constant, tensor->raw_data.data);
        return constant;
    }
    /* Nothing is allocated for a count that the file does not back up. */
    const size_t held = tensor->n_float_data + tensor->n_int32_data + tensor->n_int64_data + tensor->n_double_data +
                        tensor->n_uint64_data;
    if (held != (size_t)constant->count || !take_list(im, constant, tensor))
        return NULL;
    return constant;
}
