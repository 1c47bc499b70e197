/* Unpacking a model without trusting it: protobuf-c recurses as deep as the file says and allocates
 * for every empty message, so the nesting is walked first, and memory comes from a pool whose size
 * is bound to the file's. */
#include <string.h>

#include "import.h"
#include "onnx/onnx.pb-c.h"

enum { SMALL_GROWTH = 40, SMALL_BYTES = 16 << 20 };

/* Numbers in bulk are copied once; many tiny messages grow, as far as a real model's would. */
static size_t memory_limit(size_t length)
{
    return 2 * length + (length < SMALL_BYTES ? length : SMALL_BYTES) * SMALL_GROWTH + (1 << 20);
}

struct reader {
    const unsigned char *at, *end;
};

static bool read_varint(struct reader *r, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 64 && r->at < r->end; shift += 7) {
        unsigned char byte = *r->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct reader *r, uint64_t length)
{
    if (length > (uint64_t)(r->end - r->at))
        return false;
    r->at += length;
    return true;
}

static const char *walk(const ProtobufCMessageDescriptor *type, struct reader r, int depth);

static const char *walk_field(const ProtobufCMessageDescriptor *type, struct reader *r, int depth)
{
    static const char *const cut = "the file is damaged or cut off";
    uint64_t tag, length;
    if (!read_varint(r, &tag))
        return cut;
    switch (tag & 7) {
    case 0: return read_varint(r, &length) ? NULL : cut;
    case 1: return skip(r, 8) ? NULL : cut;
    case 5: return skip(r, 4) ? NULL : cut;
    case 2: break;
    default: return "the file is not an ONNX model";
    }
    const unsigned char *from;
    if (!read_varint(r, &length))
        return cut;
    from = r->at;
    if (!skip(r, length))
        return cut;
    const ProtobufCFieldDescriptor *field = tag >> 3 < INT32_MAX
                                                ? protobuf_c_message_descriptor_get_field(type, (unsigned)(tag >> 3))
                                                : NULL;
    if (!field || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return NULL;
    return walk(field->descriptor, (struct reader){from, from + length}, depth + 1);
}

static const char *walk(const ProtobufCMessageDescriptor *type, struct reader r, int depth)
{
    if (depth > LIMIT_MESSAGES)
        return "its messages are nested too deeply";
    while (r.at < r.end) {
        const char *error = walk_field(type, &r, depth);
        if (error)
            return error;
    }
    return NULL;
}

struct pool {
    struct arena *arena;
    size_t left;
};

static void *pool_alloc(void *state, size_t size)
{
    struct pool *pool = state;
    if (size > pool->left)
        return NULL;
    pool->left -= size;
    return arena_alloc(pool->arena, size);
}

static void pool_free(void *state, void *block)
{
    (void)state, (void)block; /* the arena frees all at once */
}

Onnx__ModelProto *import_unpack(struct arena *arena, const unsigned char *bytes, size_t length, const char **error)
{
    struct pool pool = {arena, memory_limit(length)};
    ProtobufCAllocator allocator = {pool_alloc, pool_free, &pool};
    *error = walk(&onnx__model_proto__descriptor, (struct reader){bytes, bytes + length}, 0);
    if (*error)
        return NULL;
    Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, length, bytes);
    if (!model)
        *error = "the file is not an ONNX model, or it is damaged";
    return model;
}
