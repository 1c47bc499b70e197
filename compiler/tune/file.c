/* Reads the file that --tune wrote:
 *
 *     target avx2
 *     3x3 56x56x64 -> 56x56x64: F(4x4,3x3)   # a comment
 */
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "plan/targets.h"
#include "tune/tune.h"

enum { MOST_BYTES = 1 << 20, MOST_SHOWN = 60 };

struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *path;
    int line;
    struct tuning *tuning;
};

static bool wrong(struct reader *r, const char *reason)
{
    struct message *message = diag_report_file(r->diag, CHECK_FILE, r->path, "line %d: %s", r->line, reason);
    message_help(message, "--tune without a FILE measures again and writes NAME.tune");
    return false;
}

/* Of `text`, without blanks at its ends. */
static const char *trimmed(struct reader *r, const char *text, size_t length)
{
    while (length > 0 && (text[0] == ' ' || text[0] == '\t'))
        text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
        length--;
    return arena_copy(r->arena, text, length);
}

static const char *shown(struct reader *r, const char *word)
{
    return arena_printf(r->arena, "'%.*s'", MOST_SHOWN, word);
}

static bool read_target(struct reader *r, const char *word)
{
    if (r->tuning->target)
        return wrong(r, "a second line with a target");
    if (!target_named(word))
        return wrong(r, arena_printf(r->arena, "there is no target %s", shown(r, word)));
    r->tuning->target = target_named(word)->name;
    return true;
}

static bool read_layer(struct reader *r, const char *layer, const char *way)
{
    for (size_t i = 0; i < r->tuning->layers.count; i++)
        if (strcmp(r->tuning->layers.items[i].layer, layer) == 0)
            return wrong(r, arena_printf(r->arena, "the layer of line %d again", r->tuning->layers.items[i].line));
    VEC_PUSH(r->arena, &r->tuning->layers, ((struct tuned){layer, way, r->line}));
    return true;
}

static bool read_line(struct reader *r, const char *line, size_t length)
{
    const char *comment = memchr(line, '#', length);
    const char *text = trimmed(r, line, comment ? (size_t)(comment - line) : length), *colon = strchr(text, ':');
    if (!*text)
        return true;
    if (strncmp(text, "target ", 7) == 0)
        return read_target(r, trimmed(r, text + 7, strlen(text + 7)));
    if (!colon || colon == text || !colon[1])
        return wrong(r, arena_printf(r->arena, "neither LAYER: WAY nor target NAME: %s", shown(r, text)));
    return read_layer(r, trimmed(r, text, (size_t)(colon - text)), trimmed(r, colon + 1, strlen(colon + 1)));
}

struct tuning *tune_read(struct arena *arena, struct diag *diag, const char *path)
{
    struct reader r = {arena, diag, path, 0, ARENA_NEW(arena, struct tuning)};
    const char *error;
    size_t length;
    const char *bytes = file_read(arena, path, MOST_BYTES, &length, &error);
    if (!bytes) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return NULL;
    }
    for (const char *at = bytes, *end = bytes + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t count = (size_t)((stop ? stop : end) - at);
        r.line++;
        if (memchr(at, '\0', count))
            return wrong(&r, "a zero byte: not a file that --tune wrote"), NULL;
        if (!read_line(&r, at, count))
            return NULL;
        at += count + 1;
    }
    if (!r.tuning->target)
        return wrong(&r, "no line names the target"), NULL;
    return r.tuning;
}
