/* The evaluator: what each layer computes, in double precision, as loops written from the formulas.
 * It shares nothing with the templates, the plan or the optimiser, so that it can find their
 * mistakes. It is deliberately slow. */
#ifndef CNNC_REFERENCE_REFERENCE_H
#define CNNC_REFERENCE_REFERENCE_H

#include "graph.h"

struct weights;

struct reference {
    const struct graph *graph;
    double **tensors; /* one array per node (by node id), in CHW order; from malloc */
};

/* inputs[i] is the image for graph->inputs.items[i], as the user gives it (before mean and scale), always
 * in CHW order. NULL if memory runs out or a weight cannot be read. */
struct reference *reference_run(const struct graph *graph, const struct weights *weights, const double *const inputs[]);
void reference_free(struct reference *reference);
/* A single layer: `in` holds the results of its inputs, `out` has room for shape_elements(node->shape) numbers. */
bool reference_layer(const struct node *node, const struct weights *weights, const double *const in[], double *out);
/* For each number of `result` (from reference_layer()), the sum of the absolute values of the terms in its formula
 * (of |w*x| and |b| for a convolution); 0 where nothing is added. Partial sums can be that large, and code that
 * computes in float loses the digits that float cannot hold. */
bool reference_terms(const struct node *node, const struct weights *weights, const double *const in[],
                     const double *result, double *out);

#endif
