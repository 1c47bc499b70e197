/* The network that code with weights stored as half floats computes: the same graph, with weights that are rounded
 * where such code rounds them. Where a layer's weights are multiplied by a factor a filter before they are stored,
 * since a BN or SCALE behind it was folded into them, the product is rounded; the layers stay as they are, so that
 * the evaluator reads the product divided by that factor. Written from the definition of IEEE 754's binary16;
 * nothing is shared with pack/. */
#ifndef CNNC_REFERENCE_HALVES_H
#define CNNC_REFERENCE_HALVES_H

#include "graph.h"

struct weights;

/* A layer whose weights are rounded. */
struct half_layer {
    const struct node *node;
    struct VEC(const struct node *) folded; /* BN and SCALE, in order */
    const double *scale;                    /* an INPUT's, that is in the weights too; or NULL */
    int64_t channels;                       /* which has one each */
};

struct halves {
    const struct graph *graph;
    struct weights *weights;
};
struct halves reference_halves(struct arena *arena, const struct graph *graph, const struct weights *weights,
                               const struct half_layer *layers, size_t count);

#endif
