/* What the pictures of a network share, whoever lays them out: a layer and the normalisations and activations behind it
 * are one stack; blocks and labelled groups are boxes around their stacks. A box around a single stack is left out, and
 * so is that of a repeat, all of whose rounds are drawn; boxes with the same content are merged. */
#ifndef CNNC_REPORT_DRAWING_H
#define CNNC_REPORT_DRAWING_H

#include "graph.h"
#include "report/report.h"

struct stack { /* drawn as one node of the picture */
    const struct node *head, *last;
    const struct cluster *cluster;
    int next; /* the next stack of the same cluster, or -1 */
};

struct box { /* a cluster of the graph */
    const struct cluster *cluster;
    int first_stack, last_stack, first_child, last_child, next; /* -1: none */
    int heads;                                                  /* stacks in it and below */
    bool added;                                                 /* listed under its parent */
};

struct drawing {
    const struct graph *graph;
    struct arena *arena;
    int *stack_of; /* by node id */
    struct VEC(struct stack) stacks;
    struct box *boxes; /* by cluster id, plus one; boxes[0] is the whole picture */
    int box_count;
};

enum { MOST_SIDEWAYS = 11 }; /* stacks of a short chain, which is drawn sideways, as on a slide */

void drawing_make(struct drawing *drawing, const struct graph *graph, struct arena *arena);
bool drawing_lies_down(const struct drawing *drawing);

int box_index(const struct cluster *cluster);
/* Does the box get a frame, unless one around it has the same content? */
bool box_is_framed(const struct box *box);
/* The child that is a box's only content, or -1. */
int box_only_child(const struct drawing *drawing, const struct box *box);
/* A frame's title: the user's label, or the full name where that is only a number; then, in grey, the block, and the
 * same of the boxes within it that have the same content. */
struct frame_title {
    const char *name, *rest; /* rest: "" if there is nothing more */
};
struct frame_title box_title(const struct drawing *drawing, const struct box *box);

struct stack_colors {
    const char *fill, *ink;
};
struct stack_colors layer_colors(const struct node *node);

/* Is the layer drawn as a thin part of a stack? */
bool layer_is_slim(const struct node *node);
/* The words of a stack's head: "CONV", "64, 3x3", and below them a name, or "" each. */
struct head_words {
    const char *keyword, *arguments, *name;
};
struct head_words stack_head(const struct drawing *drawing, const struct stack *stack);
/* "conv1: 28x28x6, 156 parameters, 117,600 MACs" */
const char *layer_tooltip(struct arena *arena, const struct node *node);
/* 28x28x6 with the multiplication sign; a vector as its length. */
const char *shape_pretty(struct arena *arena, struct shape shape);

#endif
