/* Inside thin/: the graph with fewer channels, and its numbers. */
#ifndef CNNC_THIN_NETWORK_H
#define CNNC_THIN_NETWORK_H

#include "thin/ranges.h"
#include "thin/thin.h"

/* The same nodes; those that lose channels have shapes, arguments and tensors of their own. NULL: a rule of shapes
 * does not hold for it. */
struct graph *network_graph(struct arena *arena, const struct thinned *thinned);

/* What each filter of an operation of integers adds to its bias for the channels of its input that are gone; NULL:
 * nothing. False: a tensor cannot be read. */
bool network_summands(const struct ranges *ranges, const struct thinned *thinned, const struct op *op,
                      double **summands);

/* Numbers for that graph: of floats, and of integers, whose biases take the summands, by node id. NULL: a tensor cannot
 * be read. */
struct weights *network_floats(struct arena *arena, const struct thinned *thinned);
struct weights *network_integers(struct arena *arena, const struct thinned *thinned, double *const *summands);

#endif
