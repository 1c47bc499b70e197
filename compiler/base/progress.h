/* The progress of long operations on one line of a terminal: "packing weights  43 %". Nothing is written if standard
 * error is not a terminal, nor before a small job has taken a while; the line is cleared at the end. */
#ifndef CNNC_BASE_PROGRESS_H
#define CNNC_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *doing;
    int64_t total, next_look; /* milliseconds of the monotonic clock */
    bool terminal, shown;
};

/* `total` is what progress_at counts to; 0: unknown, and the line appears at once, without a number. */
struct progress progress_begin(const char *doing, int64_t total);
void progress_at(struct progress *progress, int64_t done);
/* Clears the line. */
void progress_end(struct progress *progress);

#endif
