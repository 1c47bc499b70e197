/* The evaluator: what each layer computes, in double precision, as loops written from the formulas.
 * It shares nothing with the templates, the plan or the optimiser, so that it can find their
 * mistakes. It is deliberately slow. */
#ifndef CNNC_REFERENCE_REFERENCE_H
#define CNNC_REFERENCE_REFERENCE_H

#include "graph.h"

struct types;
struct weights;

struct reference {
    const struct graph *graph;
    double **tensors;   /* one array per node (by node id), in CHW order; from malloc */
    int32_t **integers; /* of a quantised network: those of the nodes whose results are s8; NULL for others */
};

/* inputs[i] is the image for graph->inputs.items[i], as the user gives it (before mean and scale), always
 * in CHW order. NULL if memory runs out or a weight cannot be read. */
struct reference *reference_run(const struct graph *graph, const struct weights *weights, const double *const inputs[]);
void reference_free(struct reference *reference);
/* The same for a quantised network. A result of floats that becomes s8 may be another one than the code's, by rounding;
 * `settle', unless NULL, is told of each before anything reads it, and may put the code's integers in place. */
struct reference_settling {
    void (*settle)(void *context, const struct node *node, const double *floats, int32_t *integers);
    void *context;
};
struct reference *reference_run_quantised(const struct types *types, const double *const inputs[],
                                          const struct reference_settling *settling);
/* A single layer: `in` holds the results of its inputs, `out` has room for shape_elements(node->shape) numbers. */
bool reference_layer(const struct node *node, const struct weights *weights, const double *const in[], double *out);
/* For each number of `result` (from reference_layer()), the sum of the absolute values of the terms in its formula
 * (of |w*x| and |b| for a convolution); 0 where nothing is added. Partial sums can be that large, and code that
 * computes in float loses the digits that float cannot hold. */
bool reference_terms(const struct node *node, const struct weights *weights, const double *const in[],
                     const double *result, double *out);

#endif
