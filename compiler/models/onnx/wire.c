/* Protocol buffers, written by hand. Reading them is protobuf-c's matter. */
#include "wire.h"

#include <string.h>

enum wire_type { WIRE_VARINT = 0, WIRE_LENGTH = 2, WIRE_FIXED32 = 5 };

void wire_varint(struct text *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        text_add_char(out, (char)(unsigned char)(value | 0x80));
    text_add_char(out, (char)value);
}

static void wire_tag(struct text *out, int field, enum wire_type type)
{
    wire_varint(out, (uint64_t)field << 3 | type);
}

void wire_int(struct text *out, int field, int64_t value)
{
    wire_tag(out, field, WIRE_VARINT);
    wire_varint(out, (uint64_t)value);
}

void wire_float(struct text *out, int field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    wire_tag(out, field, WIRE_FIXED32);
    for (int shift = 0; shift < 32; shift += 8)
        text_add_char(out, (char)(unsigned char)(bits >> shift));
}

void wire_head(struct text *out, int field, uint64_t length)
{
    wire_tag(out, field, WIRE_LENGTH);
    wire_varint(out, length);
}

void wire_bytes(struct text *out, int field, const void *bytes, size_t length)
{
    wire_head(out, field, length);
    text_add_bytes(out, bytes, length);
}

void wire_string(struct text *out, int field, const char *string)
{
    wire_bytes(out, field, string, strlen(string));
}

void wire_message(struct text *out, int field, const struct text *message)
{
    wire_bytes(out, field, message->bytes, message->length);
}

static uint64_t varint_size(uint64_t value)
{
    uint64_t size = 1;
    while (value >>= 7)
        size++;
    return size;
}

uint64_t wire_field_size(int field, uint64_t length)
{
    return varint_size((uint64_t)field << 3) + varint_size(length) + length;
}
