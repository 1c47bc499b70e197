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
struct graph;
struct node;
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

/* ---- between the files of verify/ ---- */

/* The inputs of a run, as the code and as the evaluator read them. */
struct verify_inputs {
    unsigned char *bytes;
    size_t length;
    double **images; /* one an input of the graph, CHW */
};

/* The largest difference between a tensor of the code and the evaluator's. */
struct verify_error {
    double most;        /* the largest |value| of the evaluator's result */
    double difference;  /* infinite for NaN */
    double got, wanted; /* there */
    int64_t c, y, x;    /* and where that is */
    double allowed;     /* difference */
    bool overflows;     /* float32 holds no such numbers: nothing can be said of the difference */
};

/* `result`: what driver.c wrote. */
bool verify_compare(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_inputs *inputs, const unsigned char *result, size_t length, struct text *table);

/* rounding.c: the network as float computes it. */
struct rounding {
    const struct graph *graph;
    const struct weights *weights;
    const double *const *images;
    double coarseness; /* how many times as much as plain sums lose those of the code do */
    double **tensors;  /* by node id; NULL: not yet evaluated */
    double *losses;    /* by node id: the largest that was made in this layer */
};

/* The largest difference that float makes in the node's result, whose numbers are `exact`; infinite where they, or
 * those that they are made of, are beyond what float holds; 0 if a weight cannot be read. */
double rounding_error(struct rounding *rounding, const struct node *node, const double *exact);
void rounding_free(struct rounding *rounding);

#endif
