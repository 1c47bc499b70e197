/* A graph as a Python module for PyTorch: one nn.Module whose state_dict has the names of the weights. Nothing here
 * knows where the graph came from. */
#ifndef CNNC_PYTORCH_PYTORCH_H
#define CNNC_PYTORCH_PYTORCH_H

#include "graph.h"

/* `parts`: the text of templates/pytorch/parts.py, from which what the network needs is taken. NULL after reporting
 * what cannot be said in PyTorch. */
const char *pytorch_text(struct arena *arena, struct diag *diag, const struct graph *graph, const char *parts);

#endif
