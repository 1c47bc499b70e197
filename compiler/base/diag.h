/* Diagnostics: passes queue messages here; main prints them once, as text or JSON.
 *
 *     struct message *m = diag_report(diag, CHECK_WINDOW, span, "a %s window ...", ...);
 *     message_label(m, "input 7x7x32 comes from POOL, line 6");    after the carets
 *     message_help(m, "pad=1 gives 3x3");                          "= help: ..."
 *     message_suggest(m, "POOL");                              "= help: did you mean POOL?", a fix for editors
 *     message_note(m, other_span, "the first one is here");        "file:line:column: note: ..."
 *
 * diag_report never returns NULL; what is attached to a message that will not be shown is dropped. */
#ifndef CNNC_BASE_DIAG_H
#define CNNC_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "limits.h"
#include "source.h"

enum check {
#define CHECK(identifier, name, class, text) CHECK_##identifier,
#include "checks.def"
#undef CHECK
    CHECK_COUNT
};

/* clang-format off */
enum check_class {
    CHECK_CLASS_ERROR, CHECK_CLASS_SHAPE, CHECK_CLASS_LINT, CHECK_CLASS_LINT_OFF, CHECK_CLASS_RULE, CHECK_CLASS_REMARK
};
/* clang-format on */
enum severity { SEVERITY_IGNORED, SEVERITY_REMARK, SEVERITY_WARNING, SEVERITY_ERROR };

struct check_info {
    const char *name;
    enum check_class class;
    const char *text;
};
extern const struct check_info check_table[CHECK_COUNT];
bool check_is_lint(enum check check); /* a warning, which -W shapes */

struct message;
struct diag;
struct arena;

struct diag *diag_new(struct arena *arena);
void diag_set_source(struct diag *diag, const struct source *source); /* NULL: messages without places */
/* What messages without a place are about where there is no source: an ONNX model. */
void diag_set_path(struct diag *diag, const char *path);
const char *diag_path(const struct diag *diag);
const struct source *diag_source(const struct diag *diag); /* NULL if none was set */
/* "-Wfit", "-Wno-fit", "-Werror", "-Werror=fit", "-Wno-error=fit", "-Wall", "-w" without the leading "-W";
 * false if the name is unknown (diag_suggest_check then helps). */
bool diag_option(struct diag *diag, const char *option);
const char *diag_suggest_check(const char *name);

struct message *diag_report(struct diag *diag, enum check check, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A message about the whole file or a file beside it: no line is shown. `path` NULL: the source's. */
struct message *diag_report_file(struct diag *diag, enum check check, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void message_label(struct message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));
void message_help(struct message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));
void message_note(struct message *message, struct span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A help, and what it means for an editor: `words` in the message's place, or `value` for an argument of the call that
 * the message is about. */
void message_fix(struct message *message, const char *words, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void message_fix_argument(struct message *message, const char *argument, const char *value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "did you mean WORD?", in the message's place. */
void message_suggest(struct message *message, const char *word);

/* Adds a note to the newest message, if it is an error: where its block was used, for example. */
void diag_note_last(struct diag *diag, struct span span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A trial holds back what is reported in it. diag_trial_end(keep = true) releases it to the outer
 * level; keep = false drops the messages of class SHAPE and of lints, and still releases the others,
 * since those would be wrong wherever the layer stood. Trials nest. */
struct diag_trial {
    size_t first;
};
struct diag_trial diag_trial_begin(struct diag *diag);
bool diag_trial_failed(const struct diag *diag, struct diag_trial trial); /* an error since it began? */
/* The text of the first SHAPE error of the trial, for the remark that tells why; NULL if none. */
const char *diag_trial_reason(const struct diag *diag, struct diag_trial trial);
void diag_trial_end(struct diag *diag, struct diag_trial trial, bool keep);

bool diag_listens(const struct diag *diag, enum check check);  /* messages of this check are shown */
bool diag_reported(const struct diag *diag, enum check check); /* an error of this check was reported */
bool diag_failed(const struct diag *diag); /* an error was reported (outside trials that were dropped) */
bool diag_full(const struct diag *diag);   /* LIMIT_ERRORS were: passes stop early */
int diag_error_count(const struct diag *diag);

struct diag_style {
    bool color, json, remarks;
};
void diag_print(const struct diag *diag, FILE *stream, struct diag_style style);

#endif
