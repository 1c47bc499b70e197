/* --verify: compiles generated C with $CC, runs it, by $CNNC_RUN if that is set, on random input, and compares every
 * fused group's result with the double-precision evaluator. It knows the plan (how tensors are laid out), the graph
 * and the evaluator; of the generated code it knows only the probes and the model. */
#ifndef CNNC_VERIFY_VERIFY_H
#define CNNC_VERIFY_VERIFY_H

#include <stdbool.h>

struct arena;
struct diag;
struct plan;
struct text;
struct weights;

/* The files to verify. */
struct verify_code {
    const char *source;    /* the generated C, without main(); its header is in the same folder */
    const char *model;     /* its struct cnn_model: "lenet5_model" */
    const char *weights;   /* the .cnnw; NULL: embedded */
    const char *templates; /* the folder of templates, which has verify/probe.h and verify/driver.c */
};

/* Adds a table of all layers to `table`. False after reporting that the code does not compile or run, or that an
 * error exceeds its tolerance. */
bool verify_network(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_code *code, struct text *table);

/* Training code in its files, of a network that C calls `name`. */
struct verify_training_code {
    const char *source, *name, *templates;
    bool fast; /* for a target with vectors */
};
struct training;

/* The same for training code: a step's gradients, loss and running statistics, of a few random images and targets. */
bool verify_training(struct arena *arena, struct diag *diag, const struct training *training,
                     const struct weights *weights, const struct verify_training_code *code, struct text *table);

#endif
