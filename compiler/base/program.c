/* Commands from the environment, and logs of programs. */
#include "base/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/progress.h"

enum { LOG_BYTES = 1 << 20, LOG_LINES = 5 };

const char **program_words(struct arena *arena, const char *variable, const char *otherwise, const char *const *more,
                           size_t more_count)
{
    const char *value = getenv(variable);
    size_t count;
    const char **words = process_words(arena, value ? value : "", more_count + 1, &count);
    if (count == 0 && otherwise)
        words[count++] = otherwise;
    memcpy(words + count, more, more_count * sizeof *more);
    return words;
}

const char *program_folder(struct arena *arena, const char *program)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return program ? path_folder(arena, program) : "";
    path[length] = 0;
    return path_folder(arena, path);
}

void program_quote(struct arena *arena, struct message *message, const char *log)
{
    size_t length, quoted = 0;
    const char *error, *text = file_read(arena, log, LOG_BYTES, &length, &error);
    bool marked = text && strstr(text, "error");
    for (const char *line = text; line && *line && quoted < LOG_LINES;) {
        const char *copy = arena_copy(arena, line, strcspn(line, "\n"));
        line += strlen(copy) + (line[strlen(copy)] == '\n');
        if (marked && !strstr(copy, "error"))
            continue;
        message_help(message, "its output: %s", copy);
        quoted++;
    }
}

struct message *program_compile(struct arena *arena, struct diag *diag, const char *what, const char *const *argv,
                                const char *log, bool *ran)
{
    struct process process = {.argv = argv,
                              .stdout_path = log,
                              .stderr_path = log,
                              .deadline_seconds = LIMIT_COMPILE_SECONDS,
                              .output_limit = LOG_BYTES};
    const char *error;
    int status = 0;
    struct progress progress = progress_begin(arena_printf(arena, "compiling %s", what), 0);
    *ran = process_run(arena, &process, &status, &error);
    progress_end(&progress);
    if (!*ran)
        return diag_report_file(diag, CHECK_FILE, NULL, "%s is not compiled: %s", what, error);
    if (status == 0)
        return NULL;
    struct message *m = diag_report_file(diag, CHECK_FILE, NULL, "%s does not compile: %s ended with status %d", what,
                                         argv[0], status);
    program_quote(arena, m, log);
    return m;
}
