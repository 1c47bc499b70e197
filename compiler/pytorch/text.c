/* Text in which numbers are marked, so that what is alike but for its numbers can become one class or one loop. */
#include <stdlib.h>
#include <string.h>

#include "pytorch/module.h"

enum { OPEN = '\1', CLOSE = '\2' };

const char *pytorch_mark(struct arena *arena, enum slot role, int64_t number)
{
    return arena_printf(arena, "%c%c%lld%c", OPEN, (char)role, (long long)number, CLOSE);
}

const char *pytorch_fill(struct arena *arena, const char *marked, const char *const words[])
{
    struct text out = text_new(arena);
    size_t index = 0;
    for (const char *p = marked; *p; p++) {
        if (*p != OPEN) {
            text_add_char(&out, *p);
            continue;
        }
        const char *end = strchr(p, CLOSE);
        if (words && words[index])
            text_add(&out, words[index]);
        else
            text_add_bytes(&out, p + 2, (size_t)(end - p - 2));
        index++;
        p = end;
    }
    return out.bytes;
}

const char *pytorch_string(struct arena *arena, const char *text)
{
    struct text out = text_new(arena);
    text_add_char(&out, '"');
    for (const char *p = text; *p; p++)
        if (*p == '"' || *p == '\\')
            text_printf(&out, "\\%c", *p);
        else if ((unsigned char)*p < ' ' || *p == 0x7F)
            text_printf(&out, "\\x%02x", (unsigned)*p);
        else
            text_add_char(&out, *p);
    text_add_char(&out, '"');
    return out.bytes;
}

const char *pytorch_enclosed(struct arena *arena, const char *text)
{
    int depth = 0;
    for (const char *p = text; *p; p++) {
        depth += *p == '(' || *p == '[';
        depth -= *p == ')' || *p == ']';
        if (*p == ' ' && depth == 0)
            return arena_printf(arena, "(%s)", text);
    }
    return text;
}

const char *pytorch_plain(struct arena *arena, const char *marked)
{
    return pytorch_fill(arena, marked, NULL);
}

const char *pytorch_skeleton(struct arena *arena, const char *marked)
{
    struct text out = text_new(arena);
    for (const char *p = marked; *p; p++) {
        text_add_char(&out, *p);
        if (*p == OPEN) {
            text_add_char(&out, p[1]);
            p = strchr(p, CLOSE);
        }
    }
    return out.bytes;
}

size_t pytorch_columns(const char *marked)
{
    size_t columns = 0;
    for (const char *p = marked; *p; p++)
        if (*p == OPEN)
            p++;
        else
            columns += *p != CLOSE && ((unsigned char)*p & 0xC0) != 0x80;
    return columns;
}

struct marks pytorch_marks(struct arena *arena, const char *marked)
{
    struct marks marks = {0};
    for (const char *p = strchr(marked, OPEN); p; p = strchr(p + 1, OPEN)) {
        VEC_PUSH(arena, &marks.roles, p[1]);
        VEC_PUSH(arena, &marks.numbers, strtoll(p + 2, NULL, 10));
    }
    return marks;
}

const char *pytorch_indent(struct arena *arena, const char *text, int columns)
{
    struct text out = text_new(arena);
    for (const char *p = text; *p; p++) {
        text_add_char(&out, *p);
        if (*p == '\n' && p[1] != '\n')
            text_repeat(&out, ' ', columns);
    }
    return out.bytes;
}
