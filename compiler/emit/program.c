/* Adds main() to generated C. The template is the same for every network but for @name@, so m4 is not needed. */
#include "emit/program.h"

#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"

enum { MAX_TEMPLATE_BYTES = 1 << 20 };

bool emit_program(struct arena *arena, struct diag *diag, const char *templates, const char *name, struct text *source)
{
    static const char mark[] = "@name@";
    const char *path = arena_printf(arena, "%s/main/main.c", templates), *error;
    struct text program = text_new(arena);
    size_t length;
    const char *rest = file_read(arena, path, MAX_TEMPLATE_BYTES, &length, &error);
    if (!rest) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return false;
    }
    /* The program needs POSIX's clock; that must be said before the first header. */
    text_add(&program, "#ifndef _POSIX_C_SOURCE\n#define _POSIX_C_SOURCE 200809L\n#endif\n\n");
    text_add_bytes(&program, source->bytes, source->length);
    for (const char *found; (found = strstr(rest, mark)) != NULL; rest = found + sizeof mark - 1) {
        text_add_bytes(&program, rest, (size_t)(found - rest));
        text_add(&program, name);
    }
    text_add(&program, rest);
    *source = program;
    return true;
}
