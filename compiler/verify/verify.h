/* --verify: compiles generated C with $CC, runs it on random input, and compares every fused group's result
 * with the double-precision evaluator. It knows the plan (how tensors are laid out), the graph and the
 * evaluator; of the generated code it knows only the probes and the model. */
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

/* ---- internal to verify/ ---- */

/* The inputs of a run, as the code and the evaluator read them. */
struct verify_inputs {
    unsigned char *bytes;
    size_t length;
    double **images; /* one per input of the graph, CHW */
};

/* The largest difference between a tensor of the code and the evaluator's. */
struct verify_error {
    double most;        /* the largest |value| of the evaluator's result */
    double difference;  /* infinite for NaN */
    double got, wanted; /* the two numbers */
    int64_t c, y, x;    /* and their place */
    double allowed;     /* the difference that is allowed */
    bool overflows;     /* float32 cannot hold the numbers: the difference means nothing */
};

/* `result`: the output of driver.c. */
bool verify_compare(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_inputs *inputs, const unsigned char *result, size_t length, struct text *table);

/* rounding.c: the network computed in float. */
struct rounding {
    const struct graph *graph;
    const struct weights *weights;
    const double *const *images;
    double coarseness; /* how many times as much the code's sums lose as plain ones */
    double **tensors;  /* by node id; NULL: not yet evaluated */
    double *losses;    /* by node id: the largest made in this layer */
};

/* The largest difference that float makes in the node's result, whose numbers are `exact`; infinite where these, or
 * the numbers they are computed from, are beyond what float can hold; 0 if a weight cannot be read. */
double rounding_error(struct rounding *rounding, const struct node *node, const double *exact);
void rounding_free(struct rounding *rounding);

#endif
