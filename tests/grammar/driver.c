/* Shows how the grammar reads a text: `driver ast|spans|expression|format|same FILE`. Messages also go to
 * standard output, so that golden files include them; the exit status is 1 if there were any. `same`
 * formats twice: both results must be equal, and so must the ASTs of the text and the result. */
#include <stdio.h>
#include <string.h>

#include "ast_dump.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "grammar/ast.h"
#include "report/format.h"

struct reading {
    struct source *source;
    struct ast *ast;
    struct expr *expr;
    bool failed;
};

static struct reading read_text(struct arena *arena, const char *path, const char *bytes, size_t length,
                                bool expression)
{
    struct reading reading = {0};
    struct diag *diag = diag_new(arena);
    reading.source = source_new(arena, path, bytes, length);
    diag_set_source(diag, reading.source);
    if (expression)
        reading.expr = grammar_parse_expression(arena, reading.source, diag);
    else
        reading.ast = grammar_parse(arena, reading.source, diag);
    reading.failed = diag_failed(diag);
    diag_print(diag, stdout, (struct diag_style){false, false, true});
    return reading;
}

static const char *dumped(struct arena *arena, const struct reading *reading, bool spans)
{
    struct text out = text_new(arena);
    text_add(&out, "");
    if (reading->ast)
        ast_dump(&out, reading->ast, spans ? reading->source : NULL);
    if (reading->expr) {
        expr_dump(&out, reading->expr);
        text_add_char(&out, '\n');
    }
    return out.bytes;
}

static int compare(struct arena *arena, const struct reading *first)
{
    const char *once = report_format(arena, first->source, first->ast);
    struct reading second = read_text(arena, "formatted.cnn", once, strlen(once), false);
    if (second.failed)
        return 1;
    const char *twice = report_format(arena, second.source, second.ast);
    if (strcmp(once, twice) != 0) {
        printf("formatting again changes the text:\n%s----\n%s", once, twice);
        return 1;
    }
    if (strcmp(dumped(arena, first, false), dumped(arena, &second, false)) != 0) {
        printf("formatting changes the meaning:\n%s", once);
        return 1;
    }
    return 0;
}

static int run(struct arena *arena, const char *mode, const char *path)
{
    const char *error;
    size_t length;
    char *bytes = file_read(arena, path, 16 << 20, &length, &error);
    if (!bytes) {
        fprintf(stderr, "driver: %s: %s\n", path, error);
        return 2;
    }
    const char *name = strrchr(path, '/');
    struct reading reading = read_text(arena, name ? name + 1 : path, bytes, length, strcmp(mode, "expression") == 0);
    if (strcmp(mode, "ast") == 0 || strcmp(mode, "spans") == 0 || strcmp(mode, "expression") == 0)
        fputs(dumped(arena, &reading, strcmp(mode, "spans") == 0), stdout);
    if (reading.failed)
        return 1;
    if (strcmp(mode, "format") == 0)
        fputs(report_format(arena, reading.source, reading.ast), stdout);
    return strcmp(mode, "same") == 0 ? compare(arena, &reading) : 0;
}

int main(int count, char **words)
{
    if (count != 3) {
        fprintf(stderr, "usage: driver ast|spans|expression|format|same FILE\n");
        return 2;
    }
    struct arena *arena = arena_new();
    int status = run(arena, words[1], words[2]);
    arena_free(arena);
    return status;
}
