/* The text that is being compiled, and places in it. Spans are byte offsets;
 * lines and columns are looked up when a message is printed. */
#ifndef CNNC_BASE_SOURCE_H
#define CNNC_BASE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct span {
    uint32_t start, end; /* end is exclusive; start == end marks a place between two characters */
};

struct source {
    const char *path;  /* as the user wrote it, for messages */
    const char *bytes; /* NUL-terminated; holds no other NUL */
    size_t length;
    const uint32_t *line_starts;
    size_t line_count;
    const uint32_t *marks; /* the number of code points before every MARK_BYTES-th byte (source.c) */
};

struct position {
    int line, column; /* from 1; columns count code points */
};

struct source *source_new(struct arena *arena, const char *path, const char *bytes, size_t length);
struct position source_position(const struct source *source, uint32_t offset);
/* The line that holds `offset`, without its line end. */
const char *source_line(const struct source *source, uint32_t offset, size_t *length);
struct span span_join(struct span a, struct span b);
const char *source_text(const struct source *source, struct arena *arena, struct span span);

#endif
