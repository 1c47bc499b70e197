/* How messages look: text for people, JSON for tools. */
#include <string.h>

#include "diag_message.h"
#include "json_text.h"
#include "text.h"

static const char *severity_word(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "remark";
}

static const char *severity_color(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "\033[1;31m" : severity == SEVERITY_WARNING ? "\033[1;35m" : "\033[1;36m";
}

/* Untrusted bytes for a terminal; a tab is one blank wide. */
static void add_clean(struct text *out, const char *bytes, size_t length)
{
    text_add_clean(out, bytes, length, ' ');
}

static void add_clean_string(struct text *out, const char *string)
{
    add_clean(out, string, strlen(string));
}

static void add_place(struct text *out, const struct source *source, struct span span)
{
    struct position at = source_position(source, span.start);
    add_clean_string(out, source->path);
    text_printf(out, ":%d:%d: ", at.line, at.column);
}

/* The source line with carets under the span; a span of several lines is marked on its first. */
static void add_excerpt(struct text *out, const struct source *source, struct span span, const char *label,
                        const char *color)
{
    enum { WIDEST = 160 };
    size_t length;
    const char *line = source_line(source, span.start, &length);
    uint32_t line_start = (uint32_t)(line - source->bytes);
    size_t from = span.start - line_start, to = span.end - line_start;
    if (from > length)
        from = length;
    if (to > length)
        to = length;
    size_t skip = 0; /* a very long line is shown from a little before the fault */
    if (from > WIDEST / 2)
        for (skip = from - WIDEST / 2; skip < from && ((unsigned char)line[skip] & 0xC0) == 0x80; skip++) {
        }
    size_t shown = length - skip > WIDEST ? WIDEST : length - skip;
    while (skip + shown < length && ((unsigned char)line[skip + shown] & 0xC0) == 0x80)
        shown++;
    if (to > skip + shown)
        to = skip + shown;
    text_printf(out, "%5d | ", source_position(source, span.start).line);
    add_clean(out, line + skip, shown);
    text_add(out, "\n      | ");
    text_repeat(out, ' ', text_columns(line + skip, from - skip));
    text_add(out, color);
    text_add_char(out, '^');
    text_repeat(out, '~', to > from ? text_columns(line + from, to - from) - 1 : 0);
    if (*color)
        text_add(out, "\033[0m");
    if (label) {
        text_add_char(out, ' ');
        add_clean_string(out, label);
    }
    text_add_char(out, '\n');
}

static void add_head(struct text *out, const struct message *message, bool color)
{
    const struct source *source = message->source;
    const char *path = message->path ? message->path : source ? source->path : "cnnc";
    text_add(out, color ? "\033[1m" : "");
    if (message->has_span && source) {
        add_place(out, source, message->span);
    } else {
        add_clean_string(out, path);
        text_add(out, ": ");
    }
    text_printf(out, "%s%s:%s ", color ? severity_color(message->severity) : "", severity_word(message->severity),
                color ? "\033[0m" : "");
    add_clean_string(out, message->text);
    text_printf(out, " [%s%s]\n", check_is_lint(message->check) ? "-W" : "", check_table[message->check].name);
}

static void add_text_message(struct text *out, const struct message *message, bool color)
{
    const struct source *source = message->source;
    add_head(out, message, color);
    if (message->has_span && source)
        add_excerpt(out, source, message->span, message->label, color ? "\033[1;32m" : "");
    for (size_t i = 0; i < message->attachments.count; i++) {
        const struct attachment *a = &message->attachments.items[i];
        if (!a->is_note || !source) {
            text_add(out, a->is_note ? "    = note: " : "    = help: ");
            add_clean_string(out, a->text);
            text_add_char(out, '\n');
            continue;
        }
        add_place(out, source, a->span);
        text_add(out, "note: ");
        add_clean_string(out, a->text);
        text_add_char(out, '\n');
        add_excerpt(out, source, a->span, NULL, color ? "\033[1;32m" : "");
    }
}

static void add_json_place(struct text *out, const struct source *source, struct span span)
{
    struct position start = source_position(source, span.start), end = source_position(source, span.end);
    text_printf(out, ",\"line\":%d,\"column\":%d,\"end_line\":%d,\"end_column\":%d", start.line, start.column, end.line,
                end.column);
}

static void add_json_message(struct text *out, const struct message *message)
{
    const struct source *source = message->source;
    const char *path = message->path ? message->path : source ? source->path : "cnnc";
    text_add(out, "{\"file\":");
    json_add_string(out, path);
    if (message->has_span && source)
        add_json_place(out, source, message->span);
    text_printf(out, ",\"severity\":\"%s\",\"check\":\"%s\",\"message\":", severity_word(message->severity),
                check_table[message->check].name);
    json_add_string(out, message->text);
    if (message->label) {
        text_add(out, ",\"label\":");
        json_add_string(out, message->label);
    }
    text_add(out, ",\"help\":[");
    bool first = true;
    for (size_t i = 0; i < message->attachments.count; i++)
        if (!message->attachments.items[i].is_note) {
            text_add(out, first ? "" : ",");
            json_add_string(out, message->attachments.items[i].text);
            first = false;
        }
    text_add(out, "],\"notes\":[");
    first = true;
    for (size_t i = 0; i < message->attachments.count; i++)
        if (message->attachments.items[i].is_note) {
            text_add(out, first ? "{\"message\":" : ",{\"message\":");
            json_add_string(out, message->attachments.items[i].text);
            if (source)
                add_json_place(out, source, message->attachments.items[i].span);
            text_add_char(out, '}');
            first = false;
        }
    text_add(out, "]}");
}

void diag_print(const struct diag *diag, FILE *stream, struct diag_style style)
{
    struct text out = text_new(diag->arena);
    int errors = 0, shown = 0;
    if (style.json)
        text_add_char(&out, '[');
    for (size_t i = 0; i < diag->messages.count; i++) {
        const struct message *message = diag->messages.items[i];
        if (message->severity == SEVERITY_REMARK && !style.remarks)
            continue;
        if (message->severity == SEVERITY_ERROR && ++errors > LIMIT_ERRORS)
            continue;
        if (style.json) {
            text_add(&out, shown ? ",\n " : "\n ");
            add_json_message(&out, message);
        } else {
            add_text_message(&out, message, style.color);
        }
        shown++;
    }
    if (style.json)
        text_add(&out, shown ? "\n]\n" : "]\n");
    else if (errors > LIMIT_ERRORS)
        text_printf(&out, "cnnc: %d errors; the first %d are shown\n", errors, LIMIT_ERRORS);
    fwrite(out.bytes, 1, out.length, stream);
    fflush(stream);
}
