/* The queue of messages and how -W shapes it. Printing is in diag_print.c. */
#include "diag.h"

#include <stdarg.h>
#include <string.h>

#include "arena.h"
#include "diag_message.h"
#include "text.h"

const struct check_info check_table[CHECK_COUNT] = {
#define CHECK(identifier, name, class, text) {name, CHECK_CLASS_##class, text},
#include "checks.def"
#undef CHECK
};

struct diag *diag_new(struct arena *arena)
{
    struct diag *diag = ARENA_NEW(arena, struct diag);
    diag->arena = arena;
    for (int i = 0; i < CHECK_COUNT; i++) {
        enum check_class class = check_table[i].class;
        diag->severity[i] = class == CHECK_CLASS_LINT       ? SEVERITY_WARNING
                            : class == CHECK_CLASS_LINT_OFF ? SEVERITY_IGNORED
                            : class == CHECK_CLASS_REMARK   ? SEVERITY_REMARK
                                                            : SEVERITY_ERROR;
    }
    return diag;
}

void diag_set_source(struct diag *diag, const struct source *source)
{
    diag->source = source;
}

const struct source *diag_source(const struct diag *diag)
{
    return diag->source;
}

static bool is_lint(enum check check)
{
    return check_table[check].class == CHECK_CLASS_LINT || check_table[check].class == CHECK_CLASS_LINT_OFF;
}

static bool set_lints(struct diag *diag, const char *name, enum severity severity, bool only_if_on)
{
    bool all = strcmp(name, "all") == 0, found = all;
    for (int i = 0; i < CHECK_COUNT; i++) {
        if (!is_lint((enum check)i) || (!all && strcmp(name, check_table[i].name) != 0))
            continue;
        found = true;
        if (!only_if_on || diag->severity[i] != SEVERITY_IGNORED)
            diag->severity[i] = severity;
    }
    return found;
}

bool diag_option(struct diag *diag, const char *option)
{
    if (strcmp(option, "error") == 0)
        diag->warnings_are_errors = true;
    else if (strcmp(option, "no-error") == 0)
        diag->warnings_are_errors = false;
    else if (strncmp(option, "error=", 6) == 0)
        return set_lints(diag, option + 6, SEVERITY_ERROR, false);
    else if (strncmp(option, "no-error=", 9) == 0)
        return set_lints(diag, option + 9, SEVERITY_WARNING, true);
    else if (strncmp(option, "no-", 3) == 0)
        return set_lints(diag, option + 3, SEVERITY_IGNORED, false);
    else
        return set_lints(diag, option, SEVERITY_WARNING, false);
    return true;
}

const char *diag_suggest_check(const char *name)
{
    const char *names[CHECK_COUNT];
    size_t count = 0;
    for (int i = 0; i < CHECK_COUNT; i++)
        if (is_lint((enum check)i))
            names[count++] = check_table[i].name;
    return text_nearest(name, names, count);
}

static bool same_place(const struct diag *diag, enum check check, struct span span, const char *text)
{
    for (size_t i = 0; i < diag->messages.count; i++) {
        const struct message *m = diag->messages.items[i];
        if (m->has_span && m->source == diag->source && m->span.start == span.start && m->span.end == span.end &&
            m->check == check && strcmp(m->text, text) == 0)
            return true;
    }
    return false;
}

static struct message *queue(struct diag *diag, enum check check, const char *text)
{
    struct message *message = ARENA_NEW(diag->arena, struct message);
    message->arena = diag->arena;
    message->source = diag->source;
    message->check = check;
    message->text = text;
    message->severity = diag->severity[check];
    if (message->severity == SEVERITY_WARNING && diag->warnings_are_errors)
        message->severity = SEVERITY_ERROR;
    return message;
}

static void keep(struct diag *diag, struct message *message)
{
    if (message->severity != SEVERITY_IGNORED)
        VEC_PUSH(diag->arena, &diag->messages, message);
}

struct message *diag_report(struct diag *diag, enum check check, struct span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message *message = queue(diag, check, arena_vprintf(diag->arena, format, arguments));
    va_end(arguments);
    message->span = span;
    message->has_span = true;
    if (!same_place(diag, check, span, message->text)) /* a repeat meets the same fault once a round */
        keep(diag, message);
    return message;
}

struct message *diag_report_file(struct diag *diag, enum check check, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message *message = queue(diag, check, arena_vprintf(diag->arena, format, arguments));
    va_end(arguments);
    message->path = path;
    keep(diag, message);
    return message;
}

void message_label(struct message *message, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    message->label = arena_vprintf(message->arena, format, arguments);
    va_end(arguments);
}

static void attach(struct message *message, struct attachment attachment)
{
    VEC_PUSH(message->arena, &message->attachments, attachment);
}

void message_help(struct message *message, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    attach(message, (struct attachment){arena_vprintf(message->arena, format, arguments), {0, 0}, false});
    va_end(arguments);
}

void message_note(struct message *message, struct span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    attach(message, (struct attachment){arena_vprintf(message->arena, format, arguments), span, true});
    va_end(arguments);
}

void diag_note_last(struct diag *diag, struct span span, const char *format, ...)
{
    enum { MOST_NOTES = 6 };
    struct message *last = diag->messages.count ? diag->messages.items[diag->messages.count - 1] : NULL;
    if (!last || last->severity != SEVERITY_ERROR || last->attachments.count >= MOST_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    attach(last, (struct attachment){arena_vprintf(diag->arena, format, arguments), span, true});
    va_end(arguments);
}

struct diag_trial diag_trial_begin(struct diag *diag)
{
    return (struct diag_trial){diag->messages.count};
}

bool diag_trial_failed(const struct diag *diag, struct diag_trial trial)
{
    for (size_t i = trial.first; i < diag->messages.count; i++)
        if (diag->messages.items[i]->severity == SEVERITY_ERROR)
            return true;
    return false;
}

const char *diag_trial_reason(const struct diag *diag, struct diag_trial trial)
{
    for (size_t i = trial.first; i < diag->messages.count; i++)
        if (check_table[diag->messages.items[i]->check].class == CHECK_CLASS_SHAPE)
            return diag->messages.items[i]->text;
    return NULL;
}

void diag_trial_end(struct diag *diag, struct diag_trial trial, bool keep_all)
{
    if (keep_all)
        return;
    size_t kept = trial.first;
    for (size_t i = trial.first; i < diag->messages.count; i++)
        if (check_table[diag->messages.items[i]->check].class == CHECK_CLASS_ERROR)
            diag->messages.items[kept++] = diag->messages.items[i];
    diag->messages.count = kept;
}

int diag_error_count(const struct diag *diag)
{
    int count = 0;
    for (size_t i = 0; i < diag->messages.count; i++)
        count += diag->messages.items[i]->severity == SEVERITY_ERROR;
    return count;
}

bool diag_reported(const struct diag *diag, enum check check)
{
    for (size_t i = 0; i < diag->messages.count; i++)
        if (diag->messages.items[i]->check == check && diag->messages.items[i]->severity == SEVERITY_ERROR)
            return true;
    return false;
}

bool diag_failed(const struct diag *diag)
{
    return diag_error_count(diag) > 0;
}

bool diag_full(const struct diag *diag)
{
    return diag_error_count(diag) >= LIMIT_ERRORS;
}
