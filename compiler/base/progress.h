/* What takes long, on one line of a terminal: "packing weights  43 %". Nothing is written where standard error
 * is no terminal, nothing before a small job has taken a while, and nothing stays behind. */
#ifndef CNNC_BASE_PROGRESS_H
#define CNNC_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *doing;
    int64_t total, next_look; /* milliseconds of the monotonic clock */
    bool terminal, shown;
};

/* `total` is what progress_at counts to; 0: nobody knows, and the line stands at once without a number. */
struct progress progress_begin(const char *doing, int64_t total);
void progress_at(struct progress *progress, int64_t done);
/* Clears the line. */
void progress_end(struct progress *progress);

#endif
