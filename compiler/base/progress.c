/* The progress line. It uses two terminal controls only: \r and "clear to the end of the line". */
#include "base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PATIENCE_MILLISECONDS = 300,
    BETWEEN_MILLISECONDS = 100,
    MUCH = 1 << 25, /* a job this large takes long for certain: the line appears at once */
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool is_terminal(void)
{
    const char *name = getenv("TERM");
    return name && strcmp(name, "dumb") != 0 && isatty(STDERR_FILENO);
}

struct progress progress_begin(const char *doing, int64_t total)
{
    struct progress progress = {.doing = doing, .total = total, .terminal = is_terminal()};
    if (progress.terminal && total == 0) {
        fprintf(stderr, "\r%s ...\033[K", doing);
        progress.shown = true;
    } else if (progress.terminal) {
        progress.next_look = now() + (total < MUCH ? PATIENCE_MILLISECONDS : 0);
        progress_at(&progress, 0);
    }
    return progress;
}

void progress_at(struct progress *progress, int64_t done)
{
    if (!progress->terminal || progress->total == 0)
        return;
    int64_t time = now();
    if (time < progress->next_look)
        return;
    progress->next_look = time + BETWEEN_MILLISECONDS;
    progress->shown = true;
    fprintf(stderr, "\r%s %3d %%\033[K", progress->doing, (int)(100.0 * (double)done / (double)progress->total));
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
