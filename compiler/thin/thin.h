/* The network without the channels whose values cannot vary: their range, over all inputs, is one number, and what
 * reads them has it in its biases. The thinner graph has the nodes of the whole one, in their order, so that node ids
 * mean the same in both; nothing behind it (lowering, planning, packing) knows that there was another. */
#ifndef CNNC_THIN_THIN_H
#define CNNC_THIN_THIN_H

#include "graph.h"

struct diag;
struct types;
struct weights;

struct thin_channels {
    int64_t whole, kept;
    const int64_t *index; /* of each kept channel, in the whole result; NULL: all are kept */
};

struct thinned {
    const struct graph *whole;
    const struct weights *whole_weights;
    const struct types *whole_types; /* NULL: floats */

    const struct graph *graph;
    struct weights *weights;
    const struct types *types;

    struct thin_channels *nodes; /* by node id */
    int64_t layers;              /* with weights that have fewer channels now */
    int64_t constant, removed;   /* of `channels', those of all layers with weights; some that vary are not needed */
    int64_t channels;
};

/* NULL if nothing can go, or a weight cannot be read. `unit': counts of kept channels are multiples of it, if they
 * were before. */
struct thinned *thin_network(struct arena *arena, const struct graph *graph, const struct weights *weights,
                             const struct types *types, int64_t unit);

/* The channel of the whole result that channel c of the node's is. */
int64_t thin_whole_channel(const struct thinned *thinned, const struct node *node, int64_t c);

#endif
