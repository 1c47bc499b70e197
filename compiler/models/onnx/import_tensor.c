/* Constants: tensors in the model's file or in one beside it, as floats or as doubles. Integers
 * become doubles, which hold every size and index that a tensor can have. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/files.h"
#include "import.h"

/* Types as the format numbers them. */
enum {
    FLOAT = 1,
    UINT8 = 2,
    INT8 = 3,
    UINT16 = 4,
    INT16 = 5,
    INT32 = 6,
    INT64 = 7,
    STRING = 8,
    BOOL = 9,
    FLOAT16 = 10,
    DOUBLE = 11,
    UINT32 = 12,
    UINT64 = 13,
    COMPLEX64 = 14,
    COMPLEX128 = 15,
    BFLOAT16 = 16
};

double nice_number(float number)
{
    char text[32];
    double nice = (double)number;
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)number);
        nice = strtod(text, NULL);
        if ((float)nice == number)
            return nice;
    }
    return (double)number;
}

const char *type_name(int type)
{
    static const char *const names[] = {"undefined", "float",  "uint8",     "int8",       "uint16",  "int16",
                                        "int32",     "int64",  "string",    "bool",       "float16", "double",
                                        "uint32",    "uint64", "complex64", "complex128", "bfloat16"};
    return type >= 0 && type < (int)(sizeof names / sizeof *names) ? names[type] : "unknown";
}

bool type_is_float(int type)
{
    return type == FLOAT || type == DOUBLE || type == FLOAT16 || type == BFLOAT16;
}

double constant_at(const struct constant *constant, int64_t i)
{
    return constant->floats ? (double)constant->floats[i] : constant->numbers[i];
}

double constant_number(const struct constant *constant)
{
    double number = constant_at(constant, 0);
    return constant->type == FLOAT ? nice_number((float)number) : number;
}

int64_t constant_int(const struct constant *constant, int64_t i)
{
    double number = constant_at(constant, i);
    if (number >= 9.2e18)
        return INT64_MAX;
    if (number <= -9.2e18)
        return INT64_MIN;
    return number == number ? (int64_t)number : 0;
}

bool constant_is(const struct constant *constant, double number)
{
    for (int64_t i = 0; i < constant->count; i++)
        if (constant_at(constant, i) != number)
            return false;
    return true;
}

const float *constant_floats(struct importer *im, const struct constant *constant)
{
    if (constant->floats)
        return constant->floats;
    float *floats = ARENA_ARRAY(im->arena, float, (size_t)constant->count + 1);
    for (int64_t i = 0; i < constant->count; i++)
        floats[i] = (float)constant->numbers[i];
    ((struct constant *)(uintptr_t)constant)->floats = floats; /* for other layers that have them */
    return floats;
}

int64_t *import_integers(struct importer *im, int64_t count)
{
    if (count > im->budget / (int64_t)sizeof(int64_t))
        return NULL;
    im->budget -= count * (int64_t)sizeof(int64_t);
    return ARENA_ARRAY(im->arena, int64_t, (size_t)count + 1);
}

struct constant *constant_new(struct importer *im, int type, struct dims dims)
{
    const int64_t count = dims_count(&dims);
    if (count < 0 || count > im->budget / (int64_t)sizeof(double))
        return NULL;
    im->budget -= count * (int64_t)sizeof(double);
    struct constant *constant = ARENA_NEW(im->arena, struct constant);
    constant->type = type;
    constant->dims = dims;
    constant->count = count;
    constant->numbers = ARENA_ARRAY(im->arena, double, (size_t)count + 1);
    constant->origin = constant;
    constant->name = "";
    return constant;
}

struct constant *constant_new_floats(struct importer *im, struct dims dims, float **floats)
{
    const int64_t count = dims_count(&dims);
    if (count < 0 || count > im->budget / (int64_t)sizeof **floats)
        return NULL;
    im->budget -= count * (int64_t)sizeof **floats;
    struct constant *constant = ARENA_NEW(im->arena, struct constant);
    *floats = ARENA_ARRAY(im->arena, float, (size_t)count + 1);
    *constant = (struct constant){.name = "", .type = FLOAT, .dims = dims, .count = count, .floats = *floats};
    constant->origin = constant;
    return constant;
}

double *constant_numbers(struct constant *constant)
{
    return (double *)(uintptr_t)constant->numbers;
}

static double half_value(unsigned bits)
{
    unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent ? 1 + fraction / 1024.0 : fraction / 1024.0;
    int power = exponent ? (int)exponent - 15 : -14;
    for (; power > 0; power--)
        value *= 2;
    for (; power < 0; power++)
        value /= 2;
    if (exponent == 31)
        value = fraction ? __builtin_nan("") : __builtin_inf();
    return bits >> 15 ? -value : value;
}

static size_t raw_size(int type)
{
    switch (type) {
    case UINT8:
    case INT8:
    case BOOL: return 1;
    case UINT16:
    case INT16:
    case FLOAT16:
    case BFLOAT16: return 2;
    case FLOAT:
    case INT32:
    case UINT32: return 4;
    case DOUBLE:
    case INT64:
    case UINT64: return 8;
    default: return 0;
    }
}

static uint64_t little_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static double from_bits(int type, uint64_t bits)
{
    float single;
    double number;
    uint32_t word = (uint32_t)bits;
    switch (type) {
    case INT8: return (int8_t)bits;
    case INT16: return (int16_t)bits;
    case INT32: return (int32_t)bits;
    case INT64: return (double)(int64_t)bits;
    case UINT64: return (double)bits;
    case FLOAT16: return half_value((unsigned)bits);
    case BFLOAT16:
        word = (uint32_t)bits << 16;
        memcpy(&single, &word, sizeof single);
        return (double)single;
    case FLOAT: memcpy(&single, &word, sizeof single); return (double)single;
    case DOUBLE: memcpy(&number, &bits, sizeof number); return number;
    default: return (double)bits;
    }
}

static bool machine_is_little_endian(void)
{
    const uint32_t probe = 1;
    return *(const unsigned char *)&probe == 1;
}

static bool usable_in_place(const struct constant *constant, const unsigned char *bytes)
{
    return constant->type == FLOAT && machine_is_little_endian() && (uintptr_t)bytes % sizeof *constant->floats == 0;
}

/* Numbers as they stand in a file. Floats on a machine that stores them alike stay where they are. */
static void take_raw(struct importer *im, struct constant *constant, const unsigned char *bytes)
{
    const size_t size = raw_size(constant->type), count = (size_t)constant->count;
    if (constant->type == FLOAT && machine_is_little_endian()) {
        if (!usable_in_place(constant, bytes)) {
            float *copy = ARENA_ARRAY(im->arena, float, count + 1);
            memcpy(copy, bytes, count * sizeof *copy);
            constant->floats = copy;
        } else {
            constant->floats = (const float *)(const void *)bytes;
        }
        return;
    }
    double *numbers = ARENA_ARRAY(im->arena, double, count + 1);
    for (size_t i = 0; i < count; i++)
        numbers[i] = from_bits(constant->type, little_endian(bytes + i * size, size));
    constant->numbers = numbers;
}

/* The typed lists, for files that do not hold raw bytes. */
static bool take_list(struct importer *im, struct constant *constant, const Onnx__TensorProto *t)
{
    const size_t count = (size_t)constant->count;
    if (constant->type == FLOAT && t->n_float_data == count) {
        constant->floats = t->float_data;
        return true;
    }
    double *numbers = ARENA_ARRAY(im->arena, double, count + 1);
    constant->numbers = numbers;
    switch (constant->type) {
    case DOUBLE:
        for (size_t i = 0; i < count && t->n_double_data == count; i++)
            numbers[i] = t->double_data[i];
        return t->n_double_data == count;
    case INT64:
        for (size_t i = 0; i < count && t->n_int64_data == count; i++)
            numbers[i] = (double)t->int64_data[i];
        return t->n_int64_data == count;
    case UINT32:
    case UINT64:
        for (size_t i = 0; i < count && t->n_uint64_data == count; i++)
            numbers[i] = (double)t->uint64_data[i];
        return t->n_uint64_data == count;
    case FLOAT: return false;
    default:
        for (size_t i = 0; i < count && t->n_int32_data == count; i++) {
            const bool half = constant->type == FLOAT16 || constant->type == BFLOAT16;
            numbers[i] = half ? from_bits(constant->type, (uint64_t)(uint32_t)t->int32_data[i] & 0xffff)
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
    uint64_t offset, length, needed = (uint64_t)constant->count * raw_size(constant->type);
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
    if (!usable_in_place(constant, mapping->bytes + offset)) { /* many tensors may lie in the same bytes */
        im->budget -= constant->count * (int64_t)sizeof(double);
        if (im->budget < 0) {
            *error = "together with those before it, it takes more memory than the files account for";
            return false;
        }
    }
    take_raw(im, constant, mapping->bytes + offset);
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
    if (!raw_size(constant->type) || tensor->segment)
        return NULL;
    if (tensor->has_data_location && tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
        return take_external(im, constant, tensor, error) ? constant : NULL;
    *error = arena_printf(im->arena, "it does not hold as many numbers as its dimensions %s need",
                          dims_words(im->arena, &constant->dims));
    if (tensor->has_raw_data) {
        if (tensor->raw_data.len != (uint64_t)constant->count * raw_size(constant->type))
            return NULL;
        if (constant->count)
            take_raw(im, constant, tensor->raw_data.data);
        return constant;
    }
    /* Nothing is allocated for a count that the file does not back up. */
    const size_t held = tensor->n_float_data + tensor->n_int32_data + tensor->n_int64_data + tensor->n_double_data +
                        tensor->n_uint64_data;
    if (held != (size_t)constant->count || !take_list(im, constant, tensor))
        return NULL;
    return constant;
}
