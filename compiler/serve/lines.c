/* Offsets in bytes, and places as editors count them. */
#include "serve/lines.h"

#include <stdbool.h>

#include "base/arena.h"

/* A line may be as long as the text, and asked about many times. */
enum { MARK_BYTES = 1024 };

/* The units that the character beginning with this byte takes; 0 for a byte within one. */
static uint32_t units_of(unsigned char byte, enum encoding encoding)
{
    if (encoding == ENCODING_UTF8)
        return 1;
    if ((byte & 0xC0) == 0x80)
        return 0;
    return encoding == ENCODING_UTF16 && byte >= 0xF0 ? 2 : 1;
}

static bool ends_line(const char *bytes, size_t length, size_t at)
{
    return bytes[at] == '\n' || (bytes[at] == '\r' && (at + 1 == length || bytes[at + 1] != '\n'));
}

static uint32_t units_before(const struct lines *lines, size_t offset)
{
    uint32_t count = lines->marks[offset / MARK_BYTES];
    for (size_t i = offset / MARK_BYTES * MARK_BYTES; i < offset; i++)
        count += units_of((unsigned char)lines->bytes[i], lines->encoding);
    return count;
}

struct lines lines_of(struct arena *arena, const char *bytes, size_t length, enum encoding encoding)
{
    struct VEC(uint32_t) starts = {0};
    uint32_t *marks = ARENA_ARRAY(arena, uint32_t, length / MARK_BYTES + 1), units = 0;
    VEC_PUSH(arena, &starts, 0);
    for (size_t i = 0; i < length; i++) {
        if (i % MARK_BYTES == 0)
            marks[i / MARK_BYTES] = units;
        units += units_of((unsigned char)bytes[i], encoding);
        if (ends_line(bytes, length, i))
            VEC_PUSH(arena, &starts, (uint32_t)(i + 1));
    }
    if (length % MARK_BYTES == 0)
        marks[length / MARK_BYTES] = units;
    return (struct lines){bytes, length, encoding, starts.items, starts.count, marks};
}

struct line_place lines_place(const struct lines *lines, size_t offset)
{
    size_t low = 0, high = lines->count;
    if (offset > lines->length)
        offset = lines->length;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (lines->starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (struct line_place){(uint32_t)low, units_before(lines, offset) - units_before(lines, lines->starts[low])};
}

static size_t next_character(const char *bytes, size_t length, size_t at)
{
    do
        at++;
    while (at < length && ((unsigned char)bytes[at] & 0xC0) == 0x80);
    return at;
}

size_t lines_offset(const char *bytes, size_t length, enum encoding encoding, struct line_place place)
{
    size_t at = 0;
    for (uint32_t line = 0; line < place.line && at < length; at++)
        line += ends_line(bytes, length, at);
    uint32_t left = place.character;
    while (at < length && bytes[at] != '\n' && bytes[at] != '\r' && left) {
        size_t next = next_character(bytes, length, at);
        uint32_t units = encoding == ENCODING_UTF8 ? (uint32_t)(next - at)
                                                   : units_of((unsigned char)bytes[at], encoding);
        if (units > left)
            break;
        left -= units;
        at = next;
    }
    return at;
}
