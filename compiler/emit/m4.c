/* The way through m4: a temporary file in, a temporary file out, no shell, a deadline and a limit. */
#include "emit/m4.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/process.h"
#include "base/text.h"

enum {
    MARK_LIMIT = 64,
    COLUMNS = 120,
    OLDEST_PATCH = 9 /* 1.4.9 is the first to know -E twice */
};

/* ---- the folder ---- */

static bool holds_templates(struct arena *arena, const char *folder)
{
    return path_exists(arena_printf(arena, "%s/common/language.m4", folder));
}

/* "DIR/build/cnnc" finds DIR/compiler/templates, "DIR/bin/cnnc" finds DIR/share/cnnc/templates. */
static const char *beside(struct arena *arena, const char *program)
{
    static const char *const places[] = {"../compiler/templates", "../share/cnnc/templates"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *folder = arena_printf(arena, "%s%s", path_folder(arena, program), places[i]);
        if (holds_templates(arena, folder))
            return folder;
    }
    return NULL;
}

static const char *beside_program(struct arena *arena, const char *program)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length > 0) {
        path[length] = 0;
        const char *found = beside(arena, path);
        if (found)
            return found;
    }
    return program && strchr(program, '/') ? beside(arena, program) : NULL;
}

const char *emit_find_templates(struct arena *arena, struct diag *diag, const char *program)
{
    const char *given = getenv("CNNC_TEMPLATES");
    if (given && *given) {
        if (holds_templates(arena, given))
            return given;
        diag_report_file(diag, CHECK_FILE, given, "$CNNC_TEMPLATES holds no templates");
        return NULL;
    }
    const char *found = beside_program(arena, program);
#ifdef CNNC_DATADIR
    if (!found && holds_templates(arena, CNNC_DATADIR "/templates"))
        found = CNNC_DATADIR "/templates";
#endif
    if (!found)
        message_help(diag_report_file(diag, CHECK_FILE, "templates", "cnnc's templates are not where they should be"),
                     "set CNNC_TEMPLATES to their folder");
    return found;
}

/* ---- running ---- */

/* A version of GNU m4 that knows all options; *said is what it calls itself. */
static bool is_known(struct arena *arena, const char **words, size_t count, const char *out, const char **said)
{
    int status, version[3] = {0, 0, 0};
    size_t length;
    const char *error;
    words[count] = "--version";
    words[count + 1] = NULL;
    struct process process = {
        .argv = words, .stdout_path = out, .stderr_path = out, .deadline_seconds = 10, .output_limit = 1 << 16};
    const char *text = process_run(arena, &process, &status, &error) ? file_read(arena, out, 1 << 16, &length, &error)
                                                                     : NULL;
    const char *gnu = text ? strstr(text, "(GNU M4) ") : NULL;
    *said = text ? arena_copy(arena, text, strcspn(text, "\n")) : "";
    /* NOLINTNEXTLINE(cert-err34-c): no more digits than an int holds */
    if (!gnu || sscanf(gnu, "(GNU M4) %6d.%6d.%6d", &version[0], &version[1], &version[2]) < 2)
        return false;
    return version[0] > 1 || version[1] > 4 || (version[1] == 4 && version[2] >= OLDEST_PATCH);
}

static enum emit_result report_unknown(struct diag *diag, const char *program, const char *said)
{
    struct message *m = diag_report_file(diag, CHECK_FILE, program,
                                         *said ? "not GNU m4, or too old: %s" : "not GNU m4%s", said);
    message_help(m, "cnnc needs GNU m4 1.4.%d or later; $M4 names it", (int)OLDEST_PATCH);
    return EMIT_NO_TOOLS;
}

static enum emit_result report_failure(struct arena *arena, struct diag *diag, const char *errors_path)
{
    const char *error;
    size_t length;
    const char *said = file_read(arena, errors_path, 1 << 16, &length, &error);
    diag_report_file(diag, CHECK_INTERNAL, "m4", "the templates failed: %s", said && *said ? said : "no message");
    return EMIT_FAULT;
}

static enum emit_result run_in(struct arena *arena, struct diag *diag, const char *folder, const char *templates,
                               const struct text *data, const char **output, size_t *length)
{
    const char *error = NULL, *m4 = getenv("M4");
    const char *in = temporary_file(arena, folder, "in.m4", &error);
    const char *out = temporary_file(arena, folder, "out", &error);
    const char *errors = temporary_file(arena, folder, "errors", &error);
    int status = 0;
    if (!in || !out || !errors || !file_write(arena, in, data->bytes, data->length, &error)) {
        diag_report_file(diag, CHECK_FILE, folder, "%s", error);
        return EMIT_NO_TOOLS;
    }
    size_t count;
    const char **words = process_words(arena, m4 && *m4 ? m4 : "m4", 8, &count);
    if (count == 0)
        words[count++] = "m4";
    const char *const arguments[] = {"-P", "-E", "-E", "-I", templates, "-", NULL};
    memcpy(words + count, arguments, sizeof arguments);
    struct process process = {.argv = words,
                              .stdin_path = in,
                              .stdout_path = out,
                              .stderr_path = errors,
                              .deadline_seconds = LIMIT_M4_SECONDS,
                              .output_limit = LIMIT_M4_OUTPUT};
    if (!process_run(arena, &process, &status, &error)) {
        message_help(diag_report_file(diag, CHECK_FILE, words[0], "%s", error), "cnnc needs GNU m4; $M4 names it");
        return EMIT_NO_TOOLS;
    }
    if (status != 0) {
        const char *said;
        bool known = is_known(arena, words, count, out, &said);
        return known ? report_failure(arena, diag, errors) : report_unknown(diag, words[0], said);
    }
    *output = file_read(arena, out, LIMIT_M4_OUTPUT, length, &error);
    if (*output)
        return EMIT_DONE;
    diag_report_file(diag, CHECK_FILE, out, "%s", error);
    return EMIT_NO_TOOLS;
}

static enum emit_result run(struct arena *arena, struct diag *diag, const char *templates, const struct text *data,
                            const char **output, size_t *length)
{
    const char *error;
    const char *folder = temporary_folder(arena, &error);
    if (!folder) {
        diag_report_file(diag, CHECK_FILE, "temporary folder", "%s", error);
        return EMIT_NO_TOOLS;
    }
    int status = run_in(arena, diag, folder, templates, data, output, length);
    temporary_remove(folder);
    return status;
}

/* ---- the output ---- */

static bool word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

/* Adds the upper-case words that a text defines for m4. */
static void add_defined(struct arena *arena, struct map *words, const char *text)
{
    static const char start[] = "m4_define([<";
    for (const char *at = text; (at = strstr(at, start)) != NULL;) {
        size_t length = 0;
        at += sizeof start - 1;
        while (word_byte(at[length]))
            length++;
        if (!isupper((unsigned char)*at) || strncmp(at + length, ">]", 2) != 0)
            continue;
        const char *word = arena_copy(arena, at, length);
        map_set(arena, words, word, (void *)word);
    }
}

/* The words that cnnc defines, and those that templates share. */
static struct map defined_words(struct arena *arena, const char *templates, const struct text *data)
{
    static const char *const shared[] = {"common/language.m4", "common/run.m4", "vector/vector.m4"};
    struct map words = {0};
    add_defined(arena, &words, data->bytes);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        const char *error, *path = arena_printf(arena, "%s/%s", templates, shared[i]);
        size_t length;
        const char *text = file_read(arena, path, LIMIT_TEXT, &length, &error);
        if (text) /* else m4 has found none either, and said so */
            add_defined(arena, &words, text);
    }
    return words;
}

/* A word that should have been replaced, or NULL. */
static const char *leftover(struct arena *arena, const char *bytes, size_t length, const struct map *defined)
{
    for (size_t i = 0; i < length;) {
        if (i + 1 < length && ((bytes[i] == '[' && bytes[i + 1] == '<') || (bytes[i] == '>' && bytes[i + 1] == ']')))
            return bytes[i] == '[' ? "[<" : ">]";
        size_t end = i;
        while (end < length && word_byte(bytes[end]))
            end++;
        if (end == i) {
            i++;
            continue;
        }
        bool upper = isupper((unsigned char)bytes[i]), builtin = end - i > 3 && memcmp(bytes + i, "m4_", 3) == 0;
        if (upper || builtin) {
            const char *word = arena_copy(arena, bytes + i, end - i);
            if (builtin || map_get(defined, word))
                return word;
        }
        i = end;
    }
    return NULL;
}

/* The length of the mark that begins at bytes[0] == '@', or 0. */
static size_t read_mark(const char *bytes, size_t length, char word[MARK_LIMIT], int64_t *number)
{
    size_t i = 1, start = i;
    *number = -1;
    while (i < length && (word_byte(bytes[i])) && i < MARK_LIMIT)
        i++;
    if (i == start || i >= length)
        return 0;
    memcpy(word, bytes + start, i - start);
    word[i - start] = 0;
    if (bytes[i] == ':') {
        *number = 0;
        for (i++; i < length && isdigit((unsigned char)bytes[i]) && *number < INT32_MAX; i++)
            *number = 10 * *number + (bytes[i] - '0');
    }
    return i < length && bytes[i] == '@' ? i + 1 : 0;
}

/* The length of the file that begins at `bytes`, up to the mark that ends it; -1 if there is none: m4 stopped too
 * early, or could not write everything. */
static ptrdiff_t file_length(const char *bytes, size_t length)
{
    const size_t mark = sizeof EMIT_END_OF_FILE - 1;
    for (size_t i = 0; i + mark <= length; i++) {
        if (memcmp(bytes + i, EMIT_END_OF_FILE, mark) == 0)
            return (ptrdiff_t)i;
        const char *end = memchr(bytes + i, '\n', length - i);
        i = end ? (size_t)(end - bytes) : length;
    }
    return -1;
}

/* Is the line made of blanks alone, at least one? Then it is left over from a condition that did not hold. */
static bool remains(const char *line, size_t length)
{
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if (line[i] != ' ')
            return false;
    return true;
}

static bool expand_line(const char *line, size_t length, const struct marks *marks, struct text *out)
{
    for (size_t i = 0; i < length;) {
        char word[MARK_LIMIT];
        int64_t number = 0;
        size_t mark = line[i] == '@' ? read_mark(line + i, length - i, word, &number) : 0;
        if (line[i] == '@' && (mark == 0 || !marks->resolve(marks->context, word, number, out)))
            return false;
        if (mark == 0)
            text_add_char(out, line[i]);
        i += mark ? mark : 1;
    }
    return true;
}

/* A line of code that came out too long breaks after a comma, or before an operator, and goes on `hang` blanks in. */
static void wrap(struct text *out, size_t start, int hang)
{
    static const char *const breaks[] = {", ", " : ", " && ", " + "};
    const char *line = out->bytes + start;
    size_t length = out->length - start, indent = strspn(line, " ");
    if (length <= COLUMNS || line[indent] == '/' || line[indent] == '*' || line[indent] == '#' || strchr(line, '"') ||
        strchr(line, '\n'))
        return;
    for (size_t kind = 0; kind < sizeof breaks / sizeof *breaks; kind++) {
        size_t at = COLUMNS - 1;
        while (at > indent + 20 && strncmp(line + at, breaks[kind], strlen(breaks[kind])) != 0)
            at--;
        if (at <= indent + 20)
            continue;
        at += kind == 0 ? 1 : 0;
        const char *rest = arena_string(out->arena, line + at + 1);
        out->length = start + at;
        out->bytes[out->length] = 0;
        text_add_char(out, '\n');
        size_t next = out->length;
        text_repeat(out, ' ', hang);
        text_add(out, rest);
        wrap(out, next, hang);
        return;
    }
}

static bool ends_in_blank_line(const struct text *out)
{
    return out->length >= 2 && out->bytes[out->length - 1] == '\n' && out->bytes[out->length - 2] == '\n';
}

/* The lines of one file. False after reporting a mark that nothing replaces. */
static bool expand_file(struct diag *diag, const char *bytes, size_t length, const struct marks *marks,
                        struct text *out)
{
    for (size_t start = 0; start < length;) {
        const char *end = memchr(bytes + start, '\n', length - start);
        size_t line = end ? (size_t)(end - bytes) - start : length - start;
        size_t before = out->length;
        while (line && bytes[start + line - 1] == ' ' && !remains(bytes + start, line))
            line--;
        if (!remains(bytes + start, line)) {
            if (!expand_line(bytes + start, line, marks, out)) {
                diag_report_file(diag, CHECK_INTERNAL, "m4", "the templates hold a mark that nothing replaces: %.*s",
                                 (int)(line < 200 ? line : 200), bytes + start);
                return false;
            }
            wrap(out, before, (int)strspn(out->bytes + before, " ") + 4);
            if (out->length > before || (line == 0 && !ends_in_blank_line(out)))
                text_add_char(out, '\n');
        }
        start = end ? (size_t)(end - bytes) + 1 : length;
    }
    return true;
}

static enum emit_result report_incomplete(struct diag *diag)
{
    diag_report_file(diag, CHECK_INTERNAL, "m4", "its output is incomplete");
    return EMIT_FAULT;
}

enum emit_result emit_expand(struct arena *arena, struct diag *diag, const char *templates, const struct text *data,
                             const struct marks *marks, struct text *const outs[], size_t out_count)
{
    const char *bytes = NULL;
    size_t length = 0;
    enum emit_result result = run(arena, diag, templates, data, &bytes, &length);
    if (result != EMIT_DONE)
        return result;
    struct map defined = defined_words(arena, templates, data);
    const char *word = leftover(arena, bytes, length, &defined);
    if (word) {
        diag_report_file(diag, CHECK_INTERNAL, "m4", "the templates left '%s' behind", word);
        return EMIT_FAULT;
    }
    for (size_t i = 0; i < out_count; i++) {
        ptrdiff_t file = file_length(bytes, length);
        if (file < 0)
            return report_incomplete(diag);
        if (!expand_file(diag, bytes, (size_t)file, marks, outs[i]))
            return EMIT_FAULT;
        bytes += (size_t)file + sizeof EMIT_END_OF_FILE - 1;
        length -= (size_t)file + sizeof EMIT_END_OF_FILE - 1;
    }
    return length == 0 ? EMIT_DONE : report_incomplete(diag);
}
