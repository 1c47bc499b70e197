/* Places as editors count them: lines and characters from 0, a character being a unit of an encoding that client and
 * server agree on. A line ends at a line feed, a carriage return, or both. */
#ifndef CNNC_SERVE_LINES_H
#define CNNC_SERVE_LINES_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum encoding { ENCODING_UTF16, ENCODING_UTF8, ENCODING_UTF32 };

struct lines {
    const char *bytes;
    size_t length;
    enum encoding encoding;
    const uint32_t *starts;
    size_t count;
    const uint32_t *marks; /* the number of units before every MARK_BYTES-th byte (lines.c) */
};

struct line_place {
    uint32_t line, character;
};

struct lines lines_of(struct arena *arena, const char *bytes, size_t length, enum encoding encoding);
struct line_place lines_place(const struct lines *lines, size_t offset);
/* The byte at a place. What is behind the end of a line or of the text is at that end, and what is within a character
 * at its start. */
size_t lines_offset(const char *bytes, size_t length, enum encoding encoding, struct line_place place);

#endif
