/* Formatting: the canonical text, as --emit=cnn writes it. */
#include <string.h>

#include "base/diag_message.h"
#include "report/format.h"
#include "serve/server.h"

/* What is not common to both, in whole lines. */
static struct span changed_part(const char *old, size_t old_length, const char *new, size_t new_length, size_t *end)
{
    size_t from = 0, tail = 0;
    while (from < old_length && from < new_length && old[from] == new[from])
        from++;
    while (from > 0 && old[from - 1] != '\n')
        from--;
    const size_t most = (old_length < new_length ? old_length : new_length) - from;
    while (tail < most && old[old_length - 1 - tail] == new[new_length - 1 - tail])
        tail++;
    while (tail > 0 && old[old_length - tail - 1] != '\n' && old_length - tail > from)
        tail--;
    *end = new_length - tail;
    return (struct span){(uint32_t)from, (uint32_t)(old_length - tail)};
}

static json_t *refuse(struct request *request)
{
    const struct diag *diag = request->analysis->check.diag;
    for (size_t i = 0; i < diag->messages.count; i++) {
        const struct message *m = diag->messages.items[i];
        if (m->severity != SEVERITY_ERROR)
            continue;
        const int line = m->has_span && m->source ? source_position(m->source, m->span.start).line : 1;
        return answer_error(
            request, ERROR_FAILED,
            arena_printf(request->arena, "a text with errors cannot be formatted; line %d: %s", line, m->text));
    }
    return answer_error(request, ERROR_FAILED, "the text cannot be formatted");
}

json_t *serve_formatting(struct request *request)
{
    const struct analysis *a = request->analysis;
    if (!a->parsed)
        return refuse(request);
    const char *text = report_format(request->arena, a->source, a->ast);
    json_t *edits = json_array();
    if (strlen(text) == a->lines.length && memcmp(text, a->lines.bytes, a->lines.length) == 0)
        return edits;
    size_t end;
    const struct span span = changed_part(a->lines.bytes, a->lines.length, text, strlen(text), &end);
    json_array_append_new(
        edits, answer_edit(&a->lines, span, arena_copy(request->arena, text + span.start, end - span.start)));
    return edits;
}
