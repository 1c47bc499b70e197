/* The .safetensors format: eight bytes of header length, a JSON object that maps names to types, shapes
 * and byte ranges, and the numbers. The ranges must tile what follows the header, as the format
 * demands: no overlap, no gap, nothing after the last. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "weights/formats.h"

struct range {
    uint64_t start, end;
    const char *name;
};

static const struct {
    const char *name;
    int64_t bytes;
    enum number_type type;
} types[] = {
    {"F32", 4, NUMBER_F32},       {"F16", 2, NUMBER_F16},       {"BF16", 2, NUMBER_BF16},  {"F64", 8, NUMBER_F64},
    {"I64", 8, NUMBER_OTHER},     {"I32", 4, NUMBER_OTHER},     {"I16", 2, NUMBER_OTHER},  {"I8", 1, NUMBER_OTHER},
    {"U64", 8, NUMBER_OTHER},     {"U32", 4, NUMBER_OTHER},     {"U16", 2, NUMBER_OTHER},  {"U8", 1, NUMBER_OTHER},
    {"F8_E4M3", 1, NUMBER_OTHER}, {"F8_E5M2", 1, NUMBER_OTHER}, {"BOOL", 1, NUMBER_OTHER},
};

static bool read_shape(struct store *store, json_t *shape, struct stored *stored, const char **error)
{
    const char *name = name_text(store->arena, stored->name);
    if (!json_is_array(shape) || json_array_size(shape) > LIMIT_STORED_AXES) {
        *error = arena_printf(store->arena, "the header gives '%s' no valid shape of at most %d axes", name,
                              LIMIT_STORED_AXES);
        return false;
    }
    stored->rank = (int)json_array_size(shape);
    for (int i = 0; i < stored->rank; i++) {
        json_t *size = json_array_get(shape, (size_t)i);
        stored->dims[i] = json_is_integer(size) ? json_integer_value(size) : -1;
    }
    if (dims_product(stored->dims, stored->rank, &stored->count))
        return true;
    *error = arena_printf(store->arena, "the header gives '%s' a shape with invalid sizes", name);
    return false;
}

static bool read_type(struct store *store, json_t *type, struct stored *stored, int64_t *size, const char **error)
{
    const char *text = json_string_value(type);
    for (size_t i = 0; text && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, text) == 0) {
            stored->type = types[i].type;
            stored->type_text = types[i].name;
            *size = types[i].bytes;
            return true;
        }
    *error = arena_printf(store->arena, "the header gives '%s' the unknown type '%s'",
                          name_text(store->arena, stored->name), text ? name_text(store->arena, text) : "(none)");
    return false;
}

/* Reports that a tensor's bytes are not where they should be. */
static bool misplaced(struct store *store, const struct stored *stored, const char *what, int64_t bytes,
                      const char **error)
{
    *error = arena_printf(store->arena, "'%s' is %s of %s, but %s %lld bytes", name_text(store->arena, stored->name),
                          dims_text(store->arena, stored->dims, stored->rank), stored->type_text, what,
                          (long long)bytes);
    return false;
}

static bool read_range(struct store *store, json_t *offsets, struct stored *stored, int64_t size, struct range *range,
                       const char **error)
{
    json_t *start = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    bool whole = json_array_size(offsets) == 2 && json_is_integer(start) && json_is_integer(end);
    int64_t a = whole ? json_integer_value(start) : -1, b = whole ? json_integer_value(end) : -1, bytes;
    int64_t room = (int64_t)(store->mapping.length - stored->offset);
    if (a < 0 || b < a || b > room)
        return misplaced(store, stored, "its data_offsets are outside the file's", room, error);
    if (!checked_mul(stored->count, size, &bytes) || bytes != b - a)
        return misplaced(store, stored, "its data_offsets hold", b - a, error);
    stored->offset += (uint64_t)a;
    *range = (struct range){(uint64_t)a, (uint64_t)b, stored->name};
    return true;
}

/* One entry of the header; stored->offset arrives as the start of the numbers. */
static bool read_entry(struct store *store, json_t *entry, struct stored *stored, struct range *range,
                       const char **error)
{
    int64_t size;
    if (!json_is_object(entry)) {
        *error = arena_printf(store->arena, "the header's entry '%s' is not an object",
                              name_text(store->arena, stored->name));
        return false;
    }
    return read_shape(store, json_object_get(entry, "shape"), stored, error) &&
           read_type(store, json_object_get(entry, "dtype"), stored, &size, error) &&
           read_range(store, json_object_get(entry, "data_offsets"), stored, size, range, error);
}

static int compare_ranges(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->name, y->name); /* names are distinct, so the order is the same everywhere */
}

static bool check_tiling(struct store *store, struct range *ranges, size_t count, uint64_t room, const char **error)
{
    uint64_t at = 0;
    qsort(ranges, count, sizeof *ranges, compare_ranges);
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].start != at) {
            const char *name = name_text(store->arena, ranges[i].name);
            bool overlap = ranges[i].start < at;
            *error = arena_printf(
                store->arena,
                overlap ? "the numbers of '%s' overlap another tensor's" : "unused bytes come before '%s'", name);
            return false;
        }
        at = ranges[i].end;
    }
    if (at != room)
        *error = arena_printf(store->arena, "%llu unused bytes come after the last tensor",
                              (unsigned long long)(room - at));
    return at == room;
}

static bool name_fits(struct store *store, const char *name, const char **error)
{
    if (strlen(name) <= LIMIT_STORED_NAME)
        return true;
    *error = arena_printf(store->arena, "a tensor's name is longer than %d bytes", LIMIT_STORED_NAME);
    return false;
}

static bool read_entries(struct store *store, json_t *header, uint64_t start, const char **error)
{
    size_t most = json_object_size(header), count = 0;
    if (most > LIMIT_STORED_TENSORS) {
        *error = arena_printf(store->arena, "the file has %zu tensors, more than %d", most, LIMIT_STORED_TENSORS);
        return false;
    }
    struct range *ranges = ARENA_ARRAY(store->arena, struct range, most + 1);
    const char *name;
    json_t *entry;
    json_object_foreach(header, name, entry)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        struct stored stored = {.name = arena_string(store->arena, name), .offset = start};
        if (!name_fits(store, name, error) || !read_entry(store, entry, &stored, &ranges[count], error))
            return false;
        count++;
        VEC_PUSH(store->arena, &store->tensors, stored);
    }
    return check_tiling(store, ranges, count, store->mapping.length - start, error);
}

static void *json_memory(size_t size)
{
    return heap_array(size, 1);
}

bool safetensors_list(struct store *store, const char **error)
{
    const unsigned char *bytes = store->mapping.bytes;
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)bytes[i] << (8 * i);
    if (length > store->mapping.length - 8) {
        *error = arena_printf(store->arena, "the header claims %llu bytes, the file has %zu",
                              (unsigned long long)length, store->mapping.length);
        return false;
    }
    if (length > LIMIT_SAFETENSORS_HEADER) {
        *error = arena_printf(store->arena, "the header has %llu bytes, more than %d", (unsigned long long)length,
                              LIMIT_SAFETENSORS_HEADER);
        return false;
    }
    json_error_t fault;
    json_set_alloc_funcs(json_memory, free); /* otherwise running out of memory would look like a damaged file */
    json_t *header = json_loadb((const char *)bytes + 8, (size_t)length, JSON_REJECT_DUPLICATES, &fault);
    if (!json_is_object(header)) {
        *error = arena_printf(store->arena, "the header is not a JSON object: %s",
                              header ? "another value" : fault.text);
        json_decref(header);
        return false;
    }
    bool ok = read_entries(store, header, 8 + length, error);
    json_decref(header);
    return ok;
}
