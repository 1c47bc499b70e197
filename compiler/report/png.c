/* --emit=png: pictures in SVG become pixels, by rsvg-convert, librsvg's program. A program of its own, as dot is: no
 * run of cnnc that draws nothing loads its libraries, and what befalls it leaves cnnc standing. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/text.h"
#include "report/report.h"

enum { MOST_PIXELS = 16000 }; /* on a side; beyond 32767 it draws nothing */

/* A length of the SVG's first tag in pixels: dot writes points. */
static double length_of(const char *svg, const char *name)
{
    const char *at = strstr(svg, "<svg"), *found = at ? strstr(at, name) : NULL;
    char *unit = NULL;
    const double length = found ? strtod(found + strlen(name), &unit) : 0;
    return unit && strncmp(unit, "pt", 2) == 0 ? length * 4 / 3 : length;
}

static double zoom_of(const char *svg)
{
    const double width = length_of(svg, " width=\""), height = length_of(svg, " height=\"");
    const double longer = width > height ? width : height;
    return longer * 2 > MOST_PIXELS ? MOST_PIXELS / longer : 2;
}

static const char *explain_failure(struct arena *arena, const char *messages, int status)
{
    size_t length;
    const char *unread, *said = file_read(arena, messages, 1 << 20, &length, &unread);
    return arena_printf(arena, "rsvg-convert (librsvg) failed with status %d: %s", status,
                        said ? text_clean(arena, arena_copy(arena, said, strcspn(said, "\n"))) : "it gave no message");
}

static bool convert(const struct text *svg, const char *folder, struct text *out, const char **error)
{
    struct arena *arena = out->arena;
    const char *source = temporary_file(arena, folder, "picture.svg", error);
    const char *picture = source ? temporary_file(arena, folder, "picture.png", error) : NULL;
    const char *messages = picture ? temporary_file(arena, folder, "messages", error) : NULL;
    if (!messages || !file_write(arena, source, svg->bytes, svg->length, error))
        return false;
    const char *const argv[] = {"rsvg-convert", "--format=png", arena_printf(arena, "--zoom=%.4f", zoom_of(svg->bytes)),
                                "--unlimited", NULL};
    struct process process = {.argv = argv,
                              .stdin_path = source,
                              .stdout_path = picture,
                              .stderr_path = messages,
                              .deadline_seconds = LIMIT_RSVG_SECONDS,
                              .output_limit = LIMIT_RSVG_OUTPUT};
    int status = 0;
    size_t length = 0;
    if (!process_run(arena, &process, &status, error)) {
        if (strncmp(*error, "cannot run", 10) == 0)
            *error = arena_printf(
                arena, "%s; librsvg makes PNG of pictures: install the package librsvg2-bin, or write SVG", *error);
        return false;
    }
    if (status != 0)
        *error = explain_failure(arena, messages, status);
    const char *png = status == 0 ? file_read(arena, picture, LIMIT_RSVG_OUTPUT, &length, error) : NULL;
    if (!png)
        return false;
    text_add_bytes(out, png, length);
    return true;
}

bool report_png(const struct text *svg, struct text *out, const char **error)
{
    const char *folder = temporary_folder(out->arena, error);
    if (!folder)
        return false;
    bool done = convert(svg, folder, out, error);
    temporary_remove(folder);
    return done;
}
