/* The line table of a text. */
#include "source.h"

#include <string.h>

#include "arena.h"

struct source *source_new(struct arena *arena, const char *path, const char *bytes, size_t length)
{
    struct source *source = ARENA_NEW(arena, struct source);
    struct VEC(uint32_t) starts = {0};
    VEC_PUSH(arena, &starts, 0);
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\n')
            VEC_PUSH(arena, &starts, (uint32_t)(i + 1));
    *source = (struct source){path, bytes, length, starts.items, starts.count};
    return source;
}

static size_t line_index(const struct source *source, uint32_t offset)
{
    size_t low = 0, high = source->line_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct position source_position(const struct source *source, uint32_t offset)
{
    size_t line = line_index(source, offset);
    int column = 1;
    for (uint32_t i = source->line_starts[line]; i < offset && i < source->length; i++)
        column += ((unsigned char)source->bytes[i] & 0xC0) != 0x80;
    return (struct position){(int)line + 1, column};
}

const char *source_line(const struct source *source, uint32_t offset, size_t *length)
{
    uint32_t start = source->line_starts[line_index(source, offset)];
    const char *line = source->bytes + start;
    size_t left = source->length - start;
    const char *end = left ? memchr(line, '\n', left) : NULL;
    *length = end ? (size_t)(end - line) : left;
    if (*length && line[*length - 1] == '\r')
        --*length;
    return line;
}

struct span span_join(struct span a, struct span b)
{
    return (struct span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

const char *source_text(const struct source *source, struct arena *arena, struct span span)
{
    uint32_t end = span.end > source->length ? (uint32_t)source->length : span.end;
    return arena_copy(arena, source->bytes + span.start, end > span.start ? end - span.start : 0);
}
