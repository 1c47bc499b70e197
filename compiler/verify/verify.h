/* --verify: compiles generated C with $CC, runs it on random input, and compares every fused group's result
 * with the double-precision evaluator. It knows the plan (which tensor lies how), the graph and the
 * evaluator; of the generated code only the probes and the model. */
#ifndef CNNC_VERIFY_VERIFY_H
#define CNNC_VERIFY_VERIFY_H

#include <stdbool.h>

struct arena;
struct diag;
struct plan;
struct text;
struct weights;

/* The files that are verified. */
struct verify_code {
    const char *source;    /* the generated C, without main(); its header lies beside it */
    const char *model;     /* its struct cnn_model: "lenet5_model" */
    const char *weights;   /* the .cnnw; NULL: embedded */
    const char *templates; /* the folder of templates: verify/probe.h and verify/driver.c are there */
};

/* Adds a table of all layers to `table`. False after reporting: the code does not compile or run, or an error
 * is above its tolerance. */
bool verify_network(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_code *code, struct text *table);

#endif
