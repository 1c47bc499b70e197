/* Words for messages about shapes: what a size looks like, and where the shape of a tensor comes from. */
#ifndef CNNC_SHAPE_ORIGIN_H
#define CNNC_SHAPE_ORIGIN_H

#include "graph.h"

/* The node that gave the tensor its shape: activations, normalisation and DROPOUT only pass it on. */
const struct node *shape_source_node(const struct node *node);
/* "pool2 (POOL)" where the user named the layer, else "POOL". */
const char *shape_node_name(struct arena *arena, const struct node *node);
/* "7x7x32 comes from pool2 (POOL), line 6" of the node's own result; `source` NULL: without the line. */
const char *shape_origin(struct arena *arena, const struct source *source, const struct node *node);
/* "a" or "an", as the number is spoken */
const char *shape_article(int64_t number);
/* 3x32x32 and the like: a square picture whose channels were written first. */
bool shape_channels_first(struct shape shape);
/* "5x3" */
const char *shape_pair_text(struct arena *arena, int64_t h, int64_t w);
/* "2", "(1, 2)" or "(1, 2, 1, 3)", as written after pad= */
const char *shape_pad_text(struct arena *arena, struct padding pad);
/* "a 5x5 window", "a 3x3 window at dilation 2 (5x5 in all)" of a node whose arguments are in range */
const char *shape_window_words(struct arena *arena, const struct node *node);

#endif
