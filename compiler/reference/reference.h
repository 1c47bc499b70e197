/* The evaluator: what each layer computes, in double precision, as loops written from the formulas.
 * It shares nothing with the templates, the plan or the optimiser, so that it can find their
 * mistakes. It is slow on purpose. */
#ifndef CNNC_REFERENCE_REFERENCE_H
#define CNNC_REFERENCE_REFERENCE_H

#include "graph.h"

struct weights;

struct reference {
    const struct graph *graph;
    double **tensors; /* one array a node (by node id), in CHW order; from malloc */
};

/* inputs[i] is graph->inputs.items[i]'s image, as the user gives it (before mean and scale), in CHW
 * order whatever its layout. NULL if memory runs out or a weight cannot be read. */
struct reference *reference_run(const struct graph *graph, const struct weights *weights, const double *const inputs[]);
void reference_free(struct reference *reference);
/* One layer alone: `in` holds the results of its inputs, `out` shape_elements(node->shape) numbers. */
bool reference_layer(const struct node *node, const struct weights *weights, const double *const in[], double *out);
/* Of which sizes a layer's results are sums: for each number of `result`, what reference_layer() gave, the sum of the
 * absolute values of the terms in its formula (of |w*x| and |b| for a convolution); 0 where nothing is added. Partial
 * sums can be that large, and code that computes in float loses what float cannot hold of them. */
bool reference_terms(const struct node *node, const struct weights *weights, const double *const in[],
                     const double *result, double *out);

#endif
