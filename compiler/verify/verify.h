/* --verify: compiles generated C with $CC, runs it on random input, and compares every fused group's result
 * with the double-precision evaluator. It knows the plan (which tensor lies how), the graph and the
 * evaluator; of the generated code only the probes and the model. */
#ifndef CNNC_VERIFY_VERIFY_H
#define CNNC_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag;
struct plan;
struct probe;
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

/* ---- between verify.c and compare.c ---- */

/* The inputs of a run, as the code and as the evaluator read them. */
struct verify_inputs {
    unsigned char *bytes;
    size_t length;
    double **images; /* one an input of the graph, CHW */
};

/* The largest difference between a tensor of the code and the evaluator's. */
struct verify_error {
    double most;        /* the largest |value| of the evaluator's result */
    double error;       /* the largest |difference| over `most`; infinite for NaN */
    double got, wanted; /* there */
    int64_t c, y, x;    /* and where that is */
    double tolerance;
};

/* `result`: what driver.c wrote. */
bool verify_compare(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_inputs *inputs, const unsigned char *result, size_t length, struct text *table);

#endif
