/* Inside verify/: what the code computed, held against the evaluator. */
#ifndef CNNC_VERIFY_COMPARE_H
#define CNNC_VERIFY_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "reference/halves.h"

struct arena;
struct diag;
struct plan;
struct text;
struct weights;

/* The inputs of a run, as the code and as the evaluator read them. */
struct verify_inputs {
    unsigned char *bytes;
    size_t length;
    double **images; /* one an input of the graph, CHW; of a batch, those of one image after those of another */
};

/* What driver.c wrote, and which of the images of a batch is to be compared. */
struct verify_result {
    const unsigned char *bytes;
    size_t length;
    int image;
};

/* The network with weights as a plan that stores half floats rounds them. */
struct halves verify_halves(struct arena *arena, const struct plan *plan, const struct weights *weights);

bool verify_compare(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_inputs *inputs, const struct verify_result *result, struct text *table);

#endif
