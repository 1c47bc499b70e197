/* The queue of messages, and how -W options change it. Printing is in diag_print.c. */
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

bool check_is_lint(enum check check)
{
    const enum check_class class = check_table[check].class;
    return class == CHECK_CLASS_LINT || class == CHECK_CLASS_LINT_OFF || class == CHECK_CLASS_RULE;
}

struct diag *diag_new(struct arena *arena)
{
    struct diag *diag = ARENA_NEW(arena, struct diag);
    diag->arena = arena;
    diag->bucket_count = 64; /* a power of two */
    diag->buckets = ARENA_ARRAY(arena, struct message *, diag->bucket_count);
    for (int i = 0; i < CHECK_COUNT; i++) {
        enum check_class class = check_table[i].class;
        bool off = class == CHECK_CLASS_LINT_OFF || class == CHECK_CLASS_RULE;
        diag->severity[i] = off                           ? SEVERITY_IGNORED
                            : class == CHECK_CLASS_LINT   ? SEVERITY_WARNING
                            : class == CHECK_CLASS_REMARK ? SEVERITY_REMARK
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

void diag_set_path(struct diag *diag, const char *path)
{
    diag->path = path;
}

const char *diag_path(const struct diag *diag)
{
    return diag->path;
}

/* "all" turns no rule of thumb on, but off. */
static bool is_meant(const struct diag *diag, enum check check, const char *name, enum severity severity)
{
    const bool rule = check_table[check].class == CHECK_CLASS_RULE;
    if (strcmp(name, "all") == 0)
        return !rule || severity == SEVERITY_IGNORED || diag->severity[check] != SEVERITY_IGNORED;
    return strcmp(name, check_table[check].name) == 0 || (rule && strcmp(name, "rules") == 0);
}

static bool set_lints(struct diag *diag, const char *name, enum severity severity, bool only_if_on)
{
    bool found = strcmp(name, "all") == 0;
    for (int i = 0; i < CHECK_COUNT; i++) {
        if (!check_is_lint((enum check)i) || !is_meant(diag, (enum check)i, name, severity))
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
    const char *names[CHECK_COUNT + 1] = {"rules"};
    size_t count = 1;
    for (int i = 0; i < CHECK_COUNT; i++)
        if (check_is_lint((enum check)i))
            names[count++] = check_table[i].name;
    return text_nearest(name, names, count);
}

static struct message **bucket_of(struct diag *diag, enum check check, struct span span)
{
    uint64_t hash = (((uint64_t)span.start << 32 | span.end) + (uint64_t)check) * UINT64_C(0x9E3779B97F4A7C15);
    return &diag->buckets[(hash >> 32) & (diag->bucket_count - 1)];
}

static bool same_place(struct diag *diag, enum check check, struct span span, const char *text)
{
    for (const struct message *m = *bucket_of(diag, check, span); m; m = m->before)
        if (m->source == diag->source && m->span.start == span.start && m->span.end == span.end && m->check == check &&
            strcmp(m->text, text) == 0)
            return true;
    return false;
}

/* A message with its text. Errors beyond the limit are only counted, and keep their format instead: the texts of all
 * of them could be many times as large as the source. */
__attribute__((format(printf, 3, 0))) static struct message *queue(struct diag *diag, enum check check,
                                                                   const char *format, va_list arguments)
{
    struct message *message = ARENA_NEW(diag->arena, struct message);
    message->source = diag->source;
    message->path = diag->path;
    message->check = check;
    message->severity = diag->severity[check];
    if (message->severity == SEVERITY_WARNING && diag->warnings_are_errors)
        message->severity = SEVERITY_ERROR;
    bool counted = message->severity == SEVERITY_ERROR && diag->trials == 0 && diag_full(diag);
    message->arena = counted ? NULL : diag->arena;
    message->text = counted ? format : arena_vprintf(diag->arena, format, arguments);
    return message;
}

static void put_in_bucket(struct diag *diag, struct message *message)
{
    if (!message->has_span)
        return;
    struct message **bucket = bucket_of(diag, message->check, message->span);
    message->before = *bucket;
    *bucket = message;
}

static void add_buckets(struct diag *diag)
{
    diag->bucket_count *= 4;
    diag->buckets = ARENA_ARRAY(diag->arena, struct message *, diag->bucket_count);
    for (size_t i = 0; i < diag->messages.count; i++)
        put_in_bucket(diag, diag->messages.items[i]);
}

static void keep(struct diag *diag, struct message *message)
{
    if (message->severity == SEVERITY_IGNORED)
        return;
    VEC_PUSH(diag->arena, &diag->messages, message);
    diag->errors += message->severity == SEVERITY_ERROR;
    if (diag->messages.count > diag->bucket_count)
        add_buckets(diag);
    else
        put_in_bucket(diag, message);
}

/* Removes the newest message, which is the first of its bucket. */
static void drop_last(struct diag *diag)
{
    const struct message *last = diag->messages.items[--diag->messages.count];
    diag->errors -= last->severity == SEVERITY_ERROR;
    if (last->has_span)
        *bucket_of(diag, last->check, last->span) = last->before;
}

struct message *diag_report(struct diag *diag, enum check check, struct span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message *message = queue(diag, check, format, arguments);
    va_end(arguments);
    message->span = span;
    message->has_span = true;
    if (!same_place(diag, check, span, message->text)) /* a repeat would report the same fault in every round */
        keep(diag, message);
    return message;
}

struct message *diag_report_file(struct diag *diag, enum check check, const char *path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct message *message = queue(diag, check, format, arguments);
    va_end(arguments);
    if (path)
        message->path = path;
    keep(diag, message);
    return message;
}

void message_label(struct message *message, const char *format, ...)
{
    va_list arguments;
    if (!message->arena)
        return;
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
    if (!message->arena)
        return;
    va_start(arguments, format);
    attach(message, (struct attachment){.text = arena_vprintf(message->arena, format, arguments)});
    va_end(arguments);
}

void message_fix(struct message *message, const char *words, const char *format, ...)
{
    va_list arguments;
    if (!message->arena)
        return;
    va_start(arguments, format);
    attach(message, (struct attachment){.text = arena_vprintf(message->arena, format, arguments),
                                        .words = arena_string(message->arena, words)});
    va_end(arguments);
}

void message_fix_argument(struct message *message, const char *argument, const char *value, const char *format, ...)
{
    va_list arguments;
    if (!message->arena)
        return;
    va_start(arguments, format);
    attach(message, (struct attachment){.text = arena_vprintf(message->arena, format, arguments),
                                        .words = arena_string(message->arena, value),
                                        .argument = arena_string(message->arena, argument)});
    va_end(arguments);
}

void message_suggest(struct message *message, const char *word)
{
    message_fix(message, word, "did you mean %s?", word);
}

void message_note(struct message *message, struct span span, const char *format, ...)
{
    va_list arguments;
    if (!message->arena)
        return;
    va_start(arguments, format);
    attach(message, (struct attachment){
                        .text = arena_vprintf(message->arena, format, arguments), .span = span, .is_note = true});
    va_end(arguments);
}

void diag_note_last(struct diag *diag, struct span span, const char *format, ...)
{
    enum { MOST_NOTES = 6 };
    struct message *last = diag->messages.count ? diag->messages.items[diag->messages.count - 1] : NULL;
    if (!last || !last->arena || last->severity != SEVERITY_ERROR || last->attachments.count >= MOST_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    attach(last,
           (struct attachment){.text = arena_vprintf(diag->arena, format, arguments), .span = span, .is_note = true});
    va_end(arguments);
}

struct diag_trial diag_trial_begin(struct diag *diag)
{
    diag->trials++;
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
    diag->trials--;
    if (keep_all)
        return;
    size_t end = diag->messages.count;
    while (diag->messages.count > trial.first)
        drop_last(diag);
    for (size_t i = trial.first; i < end; i++) /* those kept move to the front, or stay */
        if (check_table[diag->messages.items[i]->check].class == CHECK_CLASS_ERROR)
            keep(diag, diag->messages.items[i]);
}

int diag_error_count(const struct diag *diag)
{
    return diag->errors;
}

bool diag_listens(const struct diag *diag, enum check check)
{
    return diag->severity[check] != SEVERITY_IGNORED;
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
