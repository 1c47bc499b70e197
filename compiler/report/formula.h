/* The arithmetic of one layer as a student would write it: "(32 + 2*2 - 5)/1 + 1 = 32". Each function
 * gives the left side and its value; the caller compares that with what the shape rules found and never
 * prints a formula that does not give the layer's own number. */
#ifndef CNNC_REPORT_FORMULA_H
#define CNNC_REPORT_FORMULA_H

#include "graph.h"

struct formula {
    const char *text; /* NULL: nothing to show */
    int64_t value;
};

enum formula_axis { FORMULA_H, FORMULA_W };

struct formula formula_extent(struct arena *arena, const struct node *node, enum formula_axis axis);
/* Which rows or columns an adaptive pool reads; NULL for other layers. */
const char *formula_adaptive(struct arena *arena, const struct node *node, enum formula_axis axis);
struct formula formula_maps(struct arena *arena, const struct node *node);
struct formula formula_params(struct arena *arena, const struct node *node);
/* What an FC between the same volumes would need, of a convolution. */
struct formula formula_dense(struct arena *arena, const struct node *node);
struct formula formula_macs(struct arena *arena, const struct node *node);
struct formula formula_connections(struct arena *arena, const struct node *node);
struct formula formula_field(struct arena *arena, const struct node *node, enum formula_axis axis);
/* The step from one output to the next, in pixels of the image; text NULL where it does not change. */
struct formula formula_step(struct arena *arena, const struct node *node, enum formula_axis axis);
/* The input with the largest receptive field, or NULL. */
const struct node *formula_widest_input(const struct node *node);

#endif
