/* Tables, vectors and strings of a FlatBuffers file, each checked against the file before it is read. What the tables
 * mean is read_model.c's. */
#include "models/tflite/flatbuffer.h"

#include <string.h>

#include "base/arena.h"

/* Remembers the first error. */
static void spoil(struct flat *flat, const char *what, uint64_t at)
{
    if (!flat->error)
        flat->error = arena_printf(flat->arena, "%s at byte %llu, where the file has %zu bytes", what,
                                   (unsigned long long)at, flat->length);
}

static uint64_t load(const struct flat *flat, size_t at, int width)
{
    uint64_t value = 0;
    for (int i = width; i-- > 0;)
        value = value << 8 | flat->bytes[at + (size_t)i];
    return value;
}

static int64_t signed_value(uint64_t value, int width)
{
    switch (width) {
    case 1: return (int8_t)value;
    case 2: return (int16_t)value;
    case 4: return (int32_t)value;
    default: return (int64_t)value;
    }
}

static bool is_inside(const struct flat *flat, size_t at, uint64_t bytes)
{
    return at <= flat->length && bytes <= flat->length - at;
}

/* The place that the reference at `at` leads to; 0 after an error. */
static size_t follow(struct flat *flat, size_t at)
{
    const uint64_t distance = load(flat, at, 4);
    if (distance >= 4 && is_inside(flat, at, distance + 4))
        return at + (size_t)distance;
    spoil(flat, "a reference leads out of the file", at);
    return 0;
}

static struct flat_table table_at(struct flat *flat, size_t at)
{
    const struct flat_table none = {0};
    if (at == 0)
        return none;
    if (!is_inside(flat, at, 4)) {
        spoil(flat, "a table begins behind the end", at);
        return none;
    }
    const int64_t vtable = (int64_t)at - signed_value(load(flat, at, 4), 4);
    if (vtable < 4 || !is_inside(flat, (size_t)vtable, 4)) {
        spoil(flat, "a table's list of fields lies outside the file", at);
        return none;
    }
    struct flat_table table = {.at = at, .vtable = (size_t)vtable};
    table.vtable_size = load(flat, table.vtable, 2);
    table.size = load(flat, table.vtable + 2, 2);
    if (table.vtable_size < 4 || table.vtable_size % 2 || table.size < 4 ||
        !is_inside(flat, table.vtable, table.vtable_size) || !is_inside(flat, at, table.size)) {
        spoil(flat, "a table reaches out of the file", at);
        return none;
    }
    return table;
}

struct flat_table flat_root(struct flat *flat)
{
    if (is_inside(flat, 0, 8))
        return table_at(flat, follow(flat, 0));
    spoil(flat, "the file is cut off", flat->length);
    return (struct flat_table){0};
}

/* Where the field's `width` bytes are; 0 if it is absent. */
static size_t field_at(struct flat *flat, struct flat_table table, int field, int width)
{
    const size_t slot = 4 + 2 * (size_t)field;
    if (!table.at || slot + 2 > table.vtable_size)
        return 0;
    const size_t offset = load(flat, table.vtable + slot, 2);
    if (offset == 0)
        return 0;
    if (offset >= 4 && offset + (size_t)width <= table.size)
        return table.at + offset;
    spoil(flat, "a field lies outside its table", table.at);
    return 0;
}

bool flat_has(const struct flat *flat, struct flat_table table, int field)
{
    const size_t slot = 4 + 2 * (size_t)field;
    return table.at && slot + 2 <= table.vtable_size && load(flat, table.vtable + slot, 2) != 0;
}

uint64_t flat_unsigned(struct flat *flat, struct flat_table table, int field, int width, uint64_t fallback)
{
    const size_t at = field_at(flat, table, field, width);
    return at ? load(flat, at, width) : fallback;
}

int64_t flat_signed(struct flat *flat, struct flat_table table, int field, int width, int64_t fallback)
{
    const size_t at = field_at(flat, table, field, width);
    return at ? signed_value(load(flat, at, width), width) : fallback;
}

static float float_value(uint64_t bits)
{
    const uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

float flat_float(struct flat *flat, struct flat_table table, int field, float fallback)
{
    const size_t at = field_at(flat, table, field, 4);
    return at ? float_value(load(flat, at, 4)) : fallback;
}

struct flat_table flat_table(struct flat *flat, struct flat_table table, int field)
{
    const size_t at = field_at(flat, table, field, 4);
    return table_at(flat, at ? follow(flat, at) : 0);
}

struct flat_vector flat_vector(struct flat *flat, struct flat_table table, int field, int width)
{
    const size_t at = field_at(flat, table, field, 4), start = at ? follow(flat, at) : 0;
    if (!start)
        return (struct flat_vector){0};
    const uint64_t count = load(flat, start, 4); /* follow left room for it */
    if (!is_inside(flat, start + 4, count * (uint64_t)width)) {
        spoil(flat, "a list reaches behind the end", start);
        return (struct flat_vector){0};
    }
    return (struct flat_vector){start + 4, (size_t)count};
}

const char *flat_string(struct flat *flat, struct flat_table table, int field, size_t longest)
{
    const struct flat_vector text = flat_vector(flat, table, field, 1);
    if (!text.at)
        return "";
    const char *bytes = (const char *)flat->bytes + text.at;
    return arena_copy(flat->arena, bytes, text.count < longest ? text.count : longest);
}

struct flat_table flat_table_at(struct flat *flat, struct flat_vector vector, size_t i)
{
    return table_at(flat, follow(flat, vector.at + 4 * i));
}

int64_t flat_signed_at(const struct flat *flat, struct flat_vector vector, int width, size_t i)
{
    return signed_value(load(flat, vector.at + (size_t)width * i, width), width);
}

float flat_float_at(const struct flat *flat, struct flat_vector vector, size_t i)
{
    return float_value(load(flat, vector.at + 4 * i, 4));
}
