/* Pieces of answers, as JSON. */
#include <string.h>

#include "base/utf8.h"
#include "serve/server.h"

json_t *answer_text(const char *text)
{
    const size_t length = strlen(text);
    if (utf8_check(text, length) == length)
        return json_stringn_nocheck(text, length);
    struct arena *arena = arena_new(); /* a name from a file of weights */
    json_t *answer = json_string_nocheck(text_clean(arena, text));
    arena_free(arena);
    return answer;
}

static json_t *place(const struct lines *lines, size_t offset)
{
    const struct line_place at = lines_place(lines, offset);
    return json_pack("{s:I, s:I}", "line", (json_int_t)at.line, "character", (json_int_t)at.character);
}

json_t *answer_range(const struct lines *lines, struct span span)
{
    return json_pack("{s:o, s:o}", "start", place(lines, span.start), "end", place(lines, span.end));
}

json_t *answer_edit(const struct lines *lines, struct span span, const char *text)
{
    return json_pack("{s:o, s:o}", "range", answer_range(lines, span), "newText", answer_text(text));
}

json_t *answer_workspace_edit(const struct request *request, json_t *edits)
{
    const struct document *d = request->document;
    if (!request->server->versioned_edits)
        return json_pack("{s:{s:o}}", "changes", d->uri, edits);
    return json_pack("{s:[{s:{s:s, s:I}, s:o}]}", "documentChanges", "textDocument", "uri", d->uri, "version",
                     (json_int_t)d->version, "edits", edits);
}

json_t *answer_location(const struct request *request, struct span span)
{
    return json_pack("{s:s, s:o}", "uri", request->document->uri, "range",
                     answer_range(&request->analysis->lines, span));
}

/* Without the fences of code, escapes and marks of emphasis. */
static json_t *plain_text(const char *markdown)
{
    struct arena *arena = arena_new();
    struct text out = text_new(arena);
    text_add(&out, "");
    for (const char *line = markdown; *line;) {
        const size_t length = strcspn(line, "\n");
        const bool fence = strncmp(line, "```", 3) == 0;
        for (size_t i = 0; i < length && !fence; i++)
            if (line[i] != '`' && !(line[i] == '*' && line[i + 1] == '*') &&
                !(i && line[i] == '*' && line[i - 1] == '*') && !(line[i] == '\\' && i + 1 < length))
                text_add_char(&out, line[i]);
        line += length;
        if (*line && !fence)
            text_add_char(&out, '\n');
        line += *line == '\n';
    }
    json_t *answer = answer_text(out.bytes);
    arena_free(arena);
    return answer;
}

json_t *answer_markup(const struct server *server, const char *markdown)
{
    return json_pack("{s:s, s:o}", "kind", server->markdown ? "markdown" : "plaintext", "value",
                     server->markdown ? answer_text(markdown) : plain_text(markdown));
}

json_t *answer_error(struct request *request, enum error_code code, const char *error)
{
    request->code = code;
    request->error = error;
    return NULL;
}

void server_notify(struct server *server, const char *method, json_t *params)
{
    wire_send(server->wire, json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

void server_show(struct server *server, const char *text)
{
    enum { WARNING = 2 };
    server_notify(server, "window/showMessage", json_pack("{s:i, s:o}", "type", WARNING, "message", answer_text(text)));
}
