/* The lints: what is legal in a network and still most likely a mistake, as the lectures teach it.
 * Each is one small function; its comment states its rule and what keeps it silent on networks that
 * are known to work. Runs on a finished graph, whose shapes fit. */
#ifndef CNNC_CHECK_CHECK_H
#define CNNC_CHECK_CHECK_H

#include "base/diag.h"
#include "graph.h"

void check_graph(struct arena *arena, struct diag *diag, const struct graph *graph);

#endif
