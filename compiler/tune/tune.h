/* Measuring: which way of computing each convolution of a network is the fastest on this machine (measure.c), and the
 * file that keeps it (file.c): plain text, a line a layer, which gives the same C on every machine. */
#ifndef CNNC_TUNE_TUNE_H
#define CNNC_TUNE_TUNE_H

#include <stdbool.h>

#include "base/text.h"
#include "plan/plan.h"

struct diag;

/* NULL after reporting what is wrong with the file. */
struct tuning *tune_read(struct arena *arena, struct diag *diag, const char *path);

struct tune_request {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    struct plan_options options;
    const char *name;    /* the symbols' prefix */
    const char *version; /* of cnnc */
    const char *program; /* argv[0], to find the templates; or NULL */
};

/* What was measured, as a tuning and as the text of its file. */
struct tune_result {
    struct tuning *tuning;
    struct text file;
    int layers, changed;          /* that had a choice; of these, how many the model of cost would compute otherwise */
    double model_us, measured_us; /* the sums of their times, by the model's choice and by the fastest */
};

/* Compiles the network with $CC once for each way and times its layers. False after reporting. */
bool tune_network(const struct tune_request *request, struct tune_result *result);

#endif
