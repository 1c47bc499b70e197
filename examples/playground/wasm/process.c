/* Programs that cnnc runs, where there are no processes: m4 and dot are the page's (system.js), which runs one to its
 * end over the same files. Deadlines are the page's, too: it ends the worker. */
#include "base/process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* The exit status, or -1: the page has no such program. Paths may be NULL. */
__attribute__((import_module("page"), import_name("run"))) int page_run(const char *const *argv, const char *in,
                                                                        const char *out, const char *err);

bool process_run(struct arena *arena, const struct process *process, int *exit_status, const char **error)
{
    fflush(NULL);
    const int status = page_run(process->argv, process->stdin_path, process->stdout_path, process->stderr_path);
    if (status < 0)
        *error = arena_printf(arena, "cannot run %s: a web page has no other programs", process->argv[0]);
    else
        *exit_status = status;
    return status >= 0;
}
