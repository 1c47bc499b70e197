/* Inside verify/: what rounding to float alone makes of a network. */
#ifndef CNNC_VERIFY_ROUNDING_H
#define CNNC_VERIFY_ROUNDING_H

struct graph;
struct node;
struct weights;

/* The network as float computes it. */
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
