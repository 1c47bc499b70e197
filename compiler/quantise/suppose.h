/* The types of a network that has not been quantised, as --quantize would find them: for reports on memory, which do
 * not depend on what the integers mean. */
#ifndef CNNC_QUANTISE_SUPPOSE_H
#define CNNC_QUANTISE_SUPPOSE_H

#include "lower/ops.h"
#include "quantise/types.h"

/* `list': one operation a layer, but for what is folded into weights. NULL: no layer can be quantised, there are
 * several inputs, or the network is so large that its weights are not made up only for this. */
enum { SUPPOSE_MOST_PARAMETERS = 1 << 24 };
const struct types *types_suppose(struct arena *arena, const struct graph *graph, const struct op_list *list);

#endif
