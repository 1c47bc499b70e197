/* --maps: what every layer of a network makes of pictures, and what its first filters look like, as one sheet in SVG.
 * The evaluator computes the maps, so that no code is generated, compiled or run. */
#ifndef CNNC_MAPS_MAPS_H
#define CNNC_MAPS_MAPS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diag;
struct graph;
struct text;
struct types;
struct weights;

enum { MAPS_MOST_PICTURES = 8 };

struct maps_request {
    const struct graph *graph;
    const struct types *types; /* of a quantised network, or NULL */
    const struct weights *weights;
    const char *const *pictures; /* files, one for each input of the network, again and again */
    size_t count;                /* at most MAPS_MOST_PICTURES for each input */
    int resize;                  /* 0, 1: scaled, 2: in a border of zeros */
};

/* False after reporting what is wrong with a picture. */
bool maps_draw(struct arena *arena, struct diag *diag, const struct maps_request *request, struct text *svg);

#endif
