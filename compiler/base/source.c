/* The line table of a text. */
#include "source.h"

#include <stdbool.h>

#include "arena.h"

/* A line may be as long as the text and have many messages, so columns are not counted from the line's start. */
enum { MARK_BYTES = 1024 };

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static const uint32_t *count_marks(struct arena *arena, const char *bytes, size_t length)
{
    uint32_t *marks = ARENA_ARRAY(arena, uint32_t, length / MARK_BYTES + 1), count = 0;
    for (size_t i = 0; i < length; i++) {
        if (i % MARK_BYTES == 0)
            marks[i / MARK_BYTES] = count;
        count += begins_character(bytes[i]);
    }
    if (length % MARK_BYTES == 0)
        marks[length / MARK_BYTES] = count;
    return marks;
}

/* How many characters begin before `offset`. */
static uint32_t characters(const struct source *source, size_t offset)
{
    if (offset > source->length)
        offset = source->length;
    uint32_t count = source->marks[offset / MARK_BYTES];
    for (size_t i = offset / MARK_BYTES * MARK_BYTES; i < offset; i++)
        count += begins_character(source->bytes[i]);
    return count;
}

struct source *source_new(struct arena *arena, const char *path, const char *bytes, size_t length)
{
    struct source *source = ARENA_NEW(arena, struct source);
    struct VEC(uint32_t) starts = {0};
    VEC_PUSH(arena, &starts, 0);
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\n')
            VEC_PUSH(arena, &starts, (uint32_t)(i + 1));
    *source = (struct source){path, bytes, length, starts.items, starts.count, count_marks(arena, bytes, length)};
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
    uint32_t before = characters(source, offset) - characters(source, source->line_starts[line]);
    return (struct position){(int)line + 1, (int)before + 1};
}

const char *source_line(const struct source *source, uint32_t offset, size_t *length)
{
    size_t index = line_index(source, offset), start = source->line_starts[index];
    const char *line = source->bytes + start;
    size_t end = index + 1 < source->line_count ? source->line_starts[index + 1] - 1 : source->length;
    *length = end - start;
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
