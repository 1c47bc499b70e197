/* Adds main() to generated C. The template is the same for every network but for @name@, so m4 is not needed. */
#include "emit/program.h"

#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"

enum { MAX_TEMPLATE_BYTES = 1 << 20 };

/* The rest of a template's line, or NULL if it is for other programs: some lines begin with a mark that says so. */
static const char *wanted_line(const struct program_parts *parts, const char *line, size_t *length)
{
    const struct {
        const char *mark;
        bool wanted;
    } marks[] = {{"@profile@", parts->profile}, {"@batch@", parts->images > 1}, {"@single@", parts->images <= 1}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const size_t mark_length = strlen(marks[i].mark);
        if (*length < mark_length || memcmp(line, marks[i].mark, mark_length) != 0)
            continue;
        *length -= mark_length;
        return marks[i].wanted ? line + mark_length : NULL;
    }
    return line;
}

static void add_line(struct text *out, const struct program_parts *parts, const char *line, size_t length)
{
    static const char mark[] = "@name@";
    const size_t mark_length = sizeof mark - 1;
    line = wanted_line(parts, line, &length);
    for (size_t i = 0; line && i < length;)
        if (length - i >= mark_length && memcmp(line + i, mark, mark_length) == 0) {
            text_add(out, parts->name);
            i += mark_length;
        } else {
            text_add_char(out, line[i++]);
        }
}

static bool add_template(const struct program_parts *parts, struct diag *diag, const char *file, struct text *out)
{
    const char *path = arena_printf(out->arena, "%s/main/%s", parts->templates, file), *error;
    size_t length;
    const char *rest = file_read(out->arena, path, MAX_TEMPLATE_BYTES, &length, &error);
    if (!rest) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return false;
    }
    for (size_t line; *rest; rest += line) {
        line = strcspn(rest, "\n");
        line += rest[line] == '\n';
        add_line(out, parts, rest, line);
    }
    return true;
}

bool emit_program(struct arena *arena, struct diag *diag, const struct program_parts *parts, struct text *source)
{
    struct text program = text_new(arena);
    /* The program needs POSIX's clock; that must be said before the first header. */
    text_add(&program, "#ifndef _POSIX_C_SOURCE\n#define _POSIX_C_SOURCE 200809L\n#endif\n\n");
    if (parts->profile)
        text_add(&program, "#include \"cnn_profile.h\"\n\n");
    text_add_bytes(&program, source->bytes, source->length);
    if (!add_template(parts, diag, "main.c", &program) ||
        (parts->profile && !add_template(parts, diag, "profile.c", &program)))
        return false;
    *source = program;
    return true;
}
