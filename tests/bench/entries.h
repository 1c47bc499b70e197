/* What tests/bench/run compiled: one network, or several with the same inputs. It writes the few lines that define
 * these. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "cnn.h"

struct bench_entry {
    const struct cnn_model *model;
    const char *weights; /* a file; not read if the network embeds its weights */
};

extern const struct bench_entry bench_entries[];
extern const int bench_entry_count;
/* A plain C version of the first network, with its weights inside (naive.py); NULL if there is none. */
extern void (*const bench_naive)(const float *const *inputs, float *const *outputs);

#endif
