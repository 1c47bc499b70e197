/* Messages as diagnostics: all that a fresh cnnc prints of a text, with their labels, helps and notes. */
#include <string.h>

#include "base/diag_message.h"
#include "serve/server.h"

enum { SEVERITY_OF_ERROR = 1, SEVERITY_OF_WARNING, SEVERITY_OF_REMARK, TAG_UNNECESSARY = 1 };

static int severity_of(const struct message *message)
{
    return message->severity == SEVERITY_ERROR     ? SEVERITY_OF_ERROR
           : message->severity == SEVERITY_WARNING ? SEVERITY_OF_WARNING
                                                   : SEVERITY_OF_REMARK;
}

/* A message about another text, or none, stands at the beginning. */
static struct span span_of(const struct analysis *a, const struct message *message)
{
    struct span span = {0, 0};
    if (message->has_span && message->source == a->source)
        span = message->span;
    if (span.end > a->lines.length)
        span.end = (uint32_t)a->lines.length;
    return span;
}

static json_t *words_of(const struct analysis *a, const struct message *message)
{
    struct arena *arena = arena_new();
    struct text out = text_new(arena);
    const char *place = message->path                                     ? message->path
                        : message->source && message->source != a->source ? message->source->path
                                                                          : NULL;
    if (place && (!a->source || strcmp(place, a->source->path) != 0))
        text_printf(&out, "%s: ", place);
    text_add(&out, message->text);
    if (message->label)
        text_printf(&out, "\n%s", message->label);
    for (size_t i = 0; i < message->attachments.count; i++)
        if (!message->attachments.items[i].is_note)
            text_printf(&out, "\nhelp: %s", message->attachments.items[i].text);
    json_t *words = answer_text(out.bytes);
    arena_free(arena);
    return words;
}

static json_t *notes_of(const struct analysis *a, const char *uri, const struct message *message)
{
    json_t *notes = json_array();
    for (size_t i = 0; i < message->attachments.count; i++) {
        const struct attachment *note = &message->attachments.items[i];
        if (note->is_note && message->source == a->source)
            json_array_append_new(notes,
                                  json_pack("{s:{s:s, s:o}, s:o}", "location", "uri", uri, "range",
                                            answer_range(&a->lines, note->span), "message", answer_text(note->text)));
    }
    return notes;
}

json_t *diagnostic_of(const struct analysis *a, const char *uri, const struct message *message)
{
    json_t *d = json_pack("{s:o, s:i, s:s, s:s, s:o}", "range", answer_range(&a->lines, span_of(a, message)),
                          "severity", severity_of(message), "code", check_table[message->check].name, "source", "cnnc",
                          "message", words_of(a, message));
    json_t *notes = notes_of(a, uri, message);
    if (json_array_size(notes))
        json_object_set(d, "relatedInformation", notes);
    json_decref(notes);
    if (message->check == CHECK_UNUSED_PARAM || message->check == CHECK_UNUSED_BLOCK || message->check == CHECK_SKIPPED)
        json_object_set_new(d, "tags", json_pack("[i]", TAG_UNNECESSARY));
    return d;
}

void publish(struct server *server, struct document *document)
{
    const struct analysis *a = document_analysis(server, document);
    const struct diag *diag = a->check.diag;
    json_t *list = json_array();
    int errors = 0;
    for (size_t i = 0; i < diag->messages.count; i++) {
        const struct message *message = diag->messages.items[i];
        if (message->severity != SEVERITY_ERROR || ++errors <= LIMIT_ERRORS)
            json_array_append_new(list, diagnostic_of(a, document->uri, message));
    }
    document->published = true;
    server_notify(server, "textDocument/publishDiagnostics",
                  json_pack("{s:s, s:I, s:o}", "uri", document->uri, "version", (json_int_t)document->version,
                            "diagnostics", list));
}

void publish_nothing(struct server *server, const char *uri)
{
    server_notify(server, "textDocument/publishDiagnostics", json_pack("{s:s, s:[]}", "uri", uri, "diagnostics"));
}
