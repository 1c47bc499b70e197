/* Inside weights/: a file and a graph while their tensors and weights find each other. */
#ifndef CNNC_WEIGHTS_BINDING_H
#define CNNC_WEIGHTS_BINDING_H

#include "base/map.h"
#include "graph.h"
#include "weights/store.h"
#include "weights/weights.h"

struct diag;

struct wanted { /* a weight that the file has to hold */
    const struct node *node;
    const struct weight *weight;
    const struct stored *found; /* NULL: none yet */
};

struct binding {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    const struct store *store;
    struct VEC(struct wanted) wanted;
    bool *used;               /* by index in store->tensors */
    const size_t *order;      /* in which tensors are taken by order; NULL: the file's */
    struct weight_gaps *gaps; /* NULL: nothing may be missing or left over */
    bool quantised;           /* integers and scales are for quantise/, which says what is missing */
    struct map found;         /* from a weight's name to its struct stored */
};

#endif
