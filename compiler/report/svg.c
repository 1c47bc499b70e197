/* --emit=svg: the picture of picture.c; of a network that it has no places for, that of dot.c, laid out by Graphviz. */
#include <string.h>

#include "base/arena.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/text.h"
#include "report/picture.h"
#include "report/report.h"

static bool run_dot(struct arena *arena, const char *source, const char *picture, const char *messages,
                    const char **error)
{
    const char *const argv[] = {"dot", "-Tsvg", NULL};
    struct process process = {.argv = argv,
                              .stdin_path = source,
                              .stdout_path = picture,
                              .stderr_path = messages,
                              .deadline_seconds = LIMIT_DOT_SECONDS,
                              .output_limit = LIMIT_DOT_OUTPUT};
    int status = 0;
    if (!process_run(arena, &process, &status, error)) {
        bool absent = strncmp(*error, "cannot run", 10) == 0;
        *error = arena_printf(arena, "%s; %s", *error,
                              absent ? "Graphviz draws the pictures: install the package graphviz"
                                     : "--emit=dot writes its input");
        return false;
    }
    if (status == 0)
        return true;
    size_t length;
    const char *unread, *said = file_read(arena, messages, 1 << 20, &length, &unread);
    *error = arena_printf(arena, "dot (Graphviz) failed with status %d: %s", status,
                          said ? text_clean(arena, arena_copy(arena, said, strcspn(said, "\n")))
                               : "it gave no message");
    return false;
}

static bool draw(const struct text *dot, const char *folder, struct text *out, const char **error)
{
    struct arena *arena = out->arena;
    const char *source = temporary_file(arena, folder, "network.dot", error);
    const char *picture = source ? temporary_file(arena, folder, "network.svg", error) : NULL;
    const char *messages = picture ? temporary_file(arena, folder, "messages", error) : NULL;
    if (!messages || !file_write(arena, source, dot->bytes, dot->length, error) ||
        !run_dot(arena, source, picture, messages, error))
        return false;
    size_t length;
    const char *svg = file_read(arena, picture, LIMIT_DOT_OUTPUT, &length, error);
    if (!svg)
        return false;
    text_add_bytes(out, svg, length);
    return true;
}

bool report_svg(const struct graph *graph, struct text *out, const char **error)
{
    struct text dot = text_new(out->arena);
    if (picture_draw(graph, out))
        return true;
    report_dot(graph, &dot);
    const char *folder = temporary_folder(out->arena, error);
    if (!folder)
        return false;
    bool drawn = draw(&dot, folder, out, error);
    temporary_remove(folder);
    return drawn;
}
