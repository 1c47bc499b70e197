/* The network as SVG, drawn without Graphviz. */
#ifndef CNNC_REPORT_PICTURE_H
#define CNNC_REPORT_PICTURE_H

#include <stdbool.h>

struct graph;
struct text;

/* False, with nothing added, if the network is not one that layout.h has places for. */
bool picture_draw(const struct graph *graph, struct text *out);

#endif
