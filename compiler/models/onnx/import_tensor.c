/* Constants: numbers of a model as floats or as doubles. Integers become doubles, which hold every size
 * and index that a tensor can have. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

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
    return type == ONNX_FLOAT || type == ONNX_DOUBLE || type == ONNX_FLOAT16 || type == ONNX_BFLOAT16;
}

double constant_at(const struct constant *constant, int64_t i)
{
    return constant->floats ? (double)constant->floats[i] : constant->numbers[i];
}

double constant_number(const struct constant *constant)
{
    double number = constant_at(constant, 0);
    return constant->type == ONNX_FLOAT ? nice_number((float)number) : number;
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
    *constant = (struct constant){.name = "", .type = ONNX_FLOAT, .dims = dims, .count = count, .floats = *floats};
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

size_t type_bytes(int type)
{
    switch (type) {
    case ONNX_UINT8:
    case ONNX_INT8:
    case ONNX_BOOL: return 1;
    case ONNX_UINT16:
    case ONNX_INT16:
    case ONNX_FLOAT16:
    case ONNX_BFLOAT16: return 2;
    case ONNX_FLOAT:
    case ONNX_INT32:
    case ONNX_UINT32: return 4;
    case ONNX_DOUBLE:
    case ONNX_INT64:
    case ONNX_UINT64: return 8;
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

double constant_from_bits(int type, uint64_t bits)
{
    float single;
    double number;
    uint32_t word = (uint32_t)bits;
    switch (type) {
    case ONNX_INT8: return (int8_t)bits;
    case ONNX_INT16: return (int16_t)bits;
    case ONNX_INT32: return (int32_t)bits;
    case ONNX_INT64: return (double)(int64_t)bits;
    case ONNX_UINT64: return (double)bits;
    case ONNX_FLOAT16: return half_value((unsigned)bits);
    case ONNX_BFLOAT16:
        word = (uint32_t)bits << 16;
        memcpy(&single, &word, sizeof single);
        return (double)single;
    case ONNX_FLOAT: memcpy(&single, &word, sizeof single); return (double)single;
    case ONNX_DOUBLE: memcpy(&number, &bits, sizeof number); return number;
    default: return (double)bits;
    }
}

static bool machine_is_little_endian(void)
{
    const uint32_t probe = 1;
    return *(const unsigned char *)&probe == 1;
}

bool constant_fits_in_place(const struct constant *constant, const unsigned char *bytes)
{
    return constant->type == ONNX_FLOAT && machine_is_little_endian() &&
           (uintptr_t)bytes % sizeof *constant->floats == 0;
}

void constant_take_raw(struct importer *im, struct constant *constant, const unsigned char *bytes)
{
    const size_t size = type_bytes(constant->type), count = (size_t)constant->count;
    if (constant->type == ONNX_FLOAT && machine_is_little_endian()) {
        if (!constant_fits_in_place(constant, bytes)) {
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
        numbers[i] = constant_from_bits(constant->type, little_endian(bytes + i * size, size));
    constant->numbers = numbers;
}
