/* A graph as a text in the language: for models that came from elsewhere. The text means an equal
 * graph: the same layers, parameters, MACs and outputs, and the same names of weights. Chains and
 * merges are found by dominators, runs of equal layers become repeats. */
#ifndef CNNC_TEXT_WRITE_H
#define CNNC_TEXT_WRITE_H

#include "graph.h"

struct diag;

/* NULL after reporting what the language cannot say. */
const char *graph_to_text(struct arena *arena, struct diag *diag, const struct graph *graph);

#endif
