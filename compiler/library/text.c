/* The C of a shared library: the network's, between what makes its functions visible and what the templates
 * library/library.c and library.h add. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "emit/words.h"
#include "library/library.h"

enum { MAX_TEMPLATE_BYTES = 1 << 20, LITERAL_BYTES = 100 };

/* As string literals, a line each. No escape is cut: what has a backslash goes on until it ends. */
static const char *quoted(const struct emission *emission)
{
    struct arena *arena = emission->arena;
    struct text json = text_new(arena), out = text_new(arena);
    library_describe(emission, &json);
    for (size_t at = 0; at < json.length; at += LITERAL_BYTES) {
        const size_t left = json.length - at;
        const char *piece = arena_copy(arena, json.bytes + at, left < LITERAL_BYTES ? left : LITERAL_BYTES);
        text_printf(&out, "%s        \"%s\"", at ? "\n" : "", emit_string(arena, piece));
    }
    return out.bytes;
}

static bool add_template(const struct emission *emission, const char *path, struct text *out)
{
    const struct graph *graph = emission->plan->graph;
    const char *error;
    size_t length;
    const char *rest = file_read(emission->arena, path, MAX_TEMPLATE_BYTES, &length, &error);
    if (!rest) {
        diag_report_file(emission->diag, CHECK_FILE, path, "%s", error);
        return false;
    }
    for (const char *mark; (mark = strchr(rest, '@')) != NULL;) {
        const char *end = strchr(mark + 1, '@');
        const size_t word = end ? (size_t)(end - mark) - 1 : 0;
        text_add_bytes(out, rest, (size_t)(mark - rest));
        if (word == 4 && memcmp(mark + 1, "name", 4) == 0)
            text_add(out, emission->name);
        else if (word == 8 && memcmp(mark + 1, "describe", 8) == 0)
            text_add(out, quoted(emission));
        else if (word == 6 && memcmp(mark + 1, "inputs", 6) == 0)
            text_printf(out, "%zu", graph->inputs.count);
        else if (word == 7 && memcmp(mark + 1, "outputs", 7) == 0)
            text_printf(out, "%zu", graph->outputs.count);
        rest = end ? end + 1 : mark + 1;
    }
    text_add(out, rest);
    return true;
}

bool library_text(const struct emission *emission, const char *templates, struct text *source, struct text *header)
{
    struct arena *arena = emission->arena;
    struct text whole = text_new(arena);
    /* All that is compiled is hidden but for what these headers declare. */
    text_printf(&whole, "#pragma GCC visibility push(default)\n#include \"%s\"\n#pragma GCC visibility pop\n\n",
                emission->header_name);
    text_add_bytes(&whole, source->bytes, source->length);
    if (!add_template(emission, arena_printf(arena, "%s/library/library.c", templates), &whole) ||
        !add_template(emission, arena_printf(arena, "%s/library/library.h", templates), header))
        return false;
    *source = whole;
    return true;
}
