/* The file of `cnnc --tune=machine`:
 *
 *     processor AMD EPYC
 *     target avx2
 *     peak 103.7       # GFLOP/s of multiply-adds
 *     second 97.4      # GB/s read from the second level of cache,
 *     cached 68.8      # from the last level,
 *     memory 16.4      # and from memory
 *     last 8192        # KB that stay in the last level
 */
#include "tune/profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "plan/targets.h"

enum { MOST_BYTES = 1 << 14, MOST_NAME = 80, MOST_LINE = 120 };

const char *profile_path(struct arena *arena)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (folder && *folder == '/')
        return arena_printf(arena, "%s/cnnc/machine", folder);
    return home && *home ? arena_printf(arena, "%s/.config/cnnc/machine", home) : NULL;
}

/* ---- the processor ---- */

static const char *plain_words(struct arena *arena, const char *from, size_t length, size_t most)
{
    struct text out = text_new(arena);
    for (size_t i = 0; i < length && out.length < most; i++)
        if (from[i] > ' ' && from[i] < 0x7f && from[i] != '#')
            text_add_char(&out, from[i]);
        else if (out.length && out.bytes[out.length - 1] != ' ')
            text_add_char(&out, ' ');
    while (out.length && out.bytes[out.length - 1] == ' ')
        out.bytes[--out.length] = '\0';
    return out.length ? out.bytes : "unknown";
}

/* What /proc/cpuinfo says behind a key; "" if nothing. */
static const char *said_of(struct arena *arena, const char *bytes, const char *key)
{
    const char *line = bytes ? strstr(bytes, key) : NULL, *colon = line ? strchr(line, ':') : NULL;
    return colon ? plain_words(arena, colon + 1, strcspn(colon + 1, "\n"), MOST_NAME) : "";
}

/* Its model as Linux names it, or the architecture with ARM's numbers of maker and part. */
static const char *processor(struct arena *arena)
{
    struct utsname system;
    const char *error;
    size_t length;
    const char *bytes = file_read(arena, "/proc/cpuinfo", 1 << 22, &length, &error);
    const char *model = said_of(arena, bytes, "model name");
    if (*model)
        return model;
    const char *machine = uname(&system) == 0 ? system.machine : "unknown";
    const char *words = arena_printf(arena, "%s %s %s", machine, said_of(arena, bytes, "CPU implementer"),
                                     said_of(arena, bytes, "CPU part"));
    return plain_words(arena, words, strlen(words), MOST_NAME);
}

/* ---- writing ---- */

void profile_write(struct arena *arena, const struct speeds *speeds, struct text *out)
{
    text_printf(
        out,
        "# What one core of this machine can do, as cnnc --tune=machine measured it. --target=native goes by it;\n"
        "# delete the file to go by the figures of a usual machine.\n"
        "processor %s\ntarget %s\n",
        processor(arena), target_named("native")->name);
    text_printf(out,
                "peak %.1f  # GFLOP/s of multiply-adds\nsecond %.1f  # GB/s read from the second level of cache,\n"
                "cached %.1f  # from the last level,\nmemory %.1f  # and from memory\n"
                "last %.0f  # KB that stay in the last level\n",
                speeds->peak, speeds->second, speeds->cached, speeds->memory, speeds->last / 1024);
}

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *path;
    int line;
    const char *processor, *target;
    struct speeds speeds;
};

static bool wrong(struct reader *r, const char *reason)
{
    struct message *message = r->line ? diag_report_file(r->diag, CHECK_FILE, r->path, "line %d: %s", r->line, reason)
                                      : diag_report_file(r->diag, CHECK_FILE, r->path, "%s", reason);
    message_help(message,
                 "cnnc --tune=machine measures again and replaces it; --target=native goes without it if it is "
                 "deleted");
    return false;
}

static double *number_named(struct reader *r, const char *word)
{
    static const char *const words[] = {"peak", "second", "cached", "memory", "last"};
    double *const numbers[] = {&r->speeds.peak, &r->speeds.second, &r->speeds.cached, &r->speeds.memory,
                               &r->speeds.last};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return numbers[i];
    return NULL;
}

static bool read_number(struct reader *r, const char *word, const char *value)
{
    static const double least = 0.01, most = 1e8;
    double *number = number_named(r, word);
    char *end;
    if (!number)
        return wrong(r, arena_printf(r->arena, "there is no figure '%.20s'", word));
    if (*number != 0)
        return wrong(r, arena_printf(r->arena, "'%s' again", word));
    *number = strtod(value, &end);
    if (*end || end == value || !(*number >= least && *number <= most))
        return wrong(
            r, arena_printf(r->arena, "'%s' is %.20s, and must be a number from %g to %g", word, value, least, most));
    return true;
}

static bool read_line(struct reader *r, const char *line, size_t length)
{
    const char *comment = memchr(line, '#', length);
    const char *text = plain_words(r->arena, line, comment ? (size_t)(comment - line) : length, MOST_LINE);
    const char *blank = strchr(text, ' ');
    if (strspn(line, " \t\r") >= (comment ? (size_t)(comment - line) : length))
        return true;
    if (!blank)
        return wrong(r, "neither a word and a number nor a comment");
    const char *word = arena_copy(r->arena, text, (size_t)(blank - text));
    if (strcmp(word, "processor") != 0 && strcmp(word, "target") != 0)
        return read_number(r, word, blank + 1);
    *(*word == 'p' ? &r->processor : &r->target) = blank + 1;
    return true;
}

static bool read_all(struct reader *r, const char *bytes, size_t length)
{
    for (const char *at = bytes, *end = bytes + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t count = (size_t)((stop ? stop : end) - at);
        r->line++;
        if (!read_line(r, at, count))
            return false;
        at += count + 1;
    }
    r->line = 0;
    const struct speeds *s = &r->speeds;
    if (!r->processor || !r->target || s->peak == 0 || s->cached == 0 || s->memory == 0 || s->last == 0)
        return wrong(r, "it does not say all of processor, target, peak, cached, memory and last");
    return true;
}

static const struct target *with_costs(struct arena *arena, const struct target *native, const struct speeds *speeds)
{
    struct target *target = ARENA_NEW(arena, struct target);
    struct costs *costs = ARENA_NEW(arena, struct costs);
    const struct vector_set *set = target_set_here(native);
    const double gigahertz = speeds->peak / (4 * set->lanes); /* two units that multiply and add */
    *costs = (struct costs){set, speeds->memory / gigahertz, speeds->cached / gigahertz, speeds->last * 1024, true};
    *target = *native;
    target->costs = costs;
    return target;
}

const struct target *profile_apply(struct arena *arena, struct diag *diag, const struct target *native)
{
    struct reader r = {.arena = arena, .diag = diag, .path = profile_path(arena)};
    const char *error;
    size_t length;
    if (!r.path || !path_exists(r.path) || !target_is_fast(native))
        return native;
    const char *bytes = file_read(arena, r.path, MOST_BYTES, &length, &error);
    if (!bytes) {
        wrong(&r, error);
        return NULL;
    }
    if (!read_all(&r, bytes, length))
        return NULL;
    if (strcmp(r.target, native->name) == 0 && strcmp(r.processor, processor(arena)) == 0)
        return with_costs(arena, native, &r.speeds);
    struct message *message = diag_report_file(diag, CHECK_OTHER_MACHINE, r.path,
                                               "it was measured on another machine (%s, %s) and is not followed",
                                               r.processor, r.target);
    message_help(message, "cnnc --tune=machine measures this one");
    return native;
}
