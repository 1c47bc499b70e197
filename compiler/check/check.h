/* The lints: what is legal in a network but, as the lectures teach, most likely a mistake. Each is one
 * small function; its comment states its rule and what keeps it silent on networks that are known to
 * work. They run on a finished graph with valid shapes. */
#ifndef CNNC_CHECK_CHECK_H
#define CNNC_CHECK_CHECK_H

#include "base/diag.h"
#include "graph.h"

void check_graph(struct arena *arena, struct diag *diag, const struct graph *graph);

#endif
