/* Checks a text as cnnc --check does, and finds out what can be known of it. */
#include "serve/analysis.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "serve/server.h"

static int hex_digit(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

/* "%20" and the like decoded; an escaped NUL stays as it is. */
static const char *decoded(struct arena *arena, const char *uri)
{
    struct text out = text_new(arena);
    for (const char *p = uri; *p; p++) {
        const int high = *p == '%' ? hex_digit(p[1]) : -1, low = high < 0 ? -1 : hex_digit(p[2]);
        const int byte = high < 0 || low < 0 ? 0 : 16 * high + low;
        text_add_char(&out, byte ? (char)byte : *p);
        p += byte ? 2 : 0;
    }
    return out.bytes;
}

const char *analysis_path(struct arena *arena, const char *uri)
{
    static const char file[] = "file://";
    if (strncmp(uri, file, sizeof file - 1) != 0)
        return "-";
    const char *path = strchr(uri + sizeof file - 1, '/'); /* behind the host, which is empty or localhost */
    path = path ? decoded(arena, path) : "";
    return *path ? path : "-";
}

/* What goes on where the check stopped, or began: shapes as far as they are known. */
static void look_further(struct analysis *a)
{
    struct ast *ast = (struct ast *)(uintptr_t)a->check.ast;
    const struct source *source = a->check.source;
    if (!source)
        return; /* longer than any text that is read */
    if (!a->parsed)
        source = mend(a->arena, source, &ast);
    a->ast = ast;
    const char *path = a->check.options.input;
    const char *stem = strcmp(path, "-") == 0 ? "network" : path_stem(a->arena, path);
    expand_known(a->arena, source, ast, a->check.options.defines, stem, &a->trace);
}

struct analysis *analysis_new(const struct server *server, const struct document *document)
{
    struct arena *arena = arena_new();
    struct analysis *a = ARENA_NEW(arena, struct analysis);
    struct compilation *c = &a->check;
    const char *path = analysis_path(arena, document->uri);
    a->arena = arena;
    c->arena = arena;
    c->program = server->host->program;
    settings_options(server, arena, strcmp(path, "-") == 0 ? NULL : path, &c->options);
    c->options.input = path;
    c->text = arena_copy(arena, document->bytes, document->length);
    c->text_length = document->length;
    c->trace = &a->trace;
    server->host->check(c);
    a->parsed = c->parsed;
    a->ast = c->ast ? c->ast : ARENA_NEW(arena, struct ast);
    a->source = c->source ? c->source : source_new(arena, path, "", 0);
    a->lines = lines_of(arena, c->text, document->length, server->encoding);
    if (!c->graph) {
        a->trace = (struct trace){0};
        look_further(a);
    }
    a->roles = roles_of(arena, a->source, a->ast);
    return a;
}

void analysis_free(struct analysis *analysis)
{
    if (analysis)
        arena_free(analysis->arena);
}
