/* The shape rules: from a node's arguments and its inputs' shapes to its result's shape, its weight tensors,
 * parameters, MACs, connections and receptive field. Nothing here knows about text: the front ends fill in struct
 * layer_args, shape_normalise brings it into its final form, and shape_infer applies the rule of the layer's kind. */
#ifndef CNNC_SHAPE_SHAPE_H
#define CNNC_SHAPE_SHAPE_H

#include "graph.h"

struct diag;

/* Where messages about a node go, and where in the text the node's arguments are. */
struct shape_context {
    struct arena *arena;
    struct diag *diag;
    struct span arg_spans[16]; /* by index in layer_arguments(); {0, 0}: not written, the node's span is used */
};

/* Numbers that were written for a tensor of a layer. INPUT's constants come the same way: `mean` in
 * literals[ROLE_MEAN], `scale` in literals[ROLE_WEIGHT]. */
struct literal_weight {
    const struct matrix *matrix; /* NULL: none was written */
    struct span span;
};

/* Brings node->args into the form that graph.h describes, once the kind, the inputs and the arguments as they were
 * written are set: padding in numbers, the kind and the stride of a pool, the groups and filters of DWCONV, the ends
 * of SLICE counted from the beginning, INPUT's constants (from `literals`, or NULL) one for each channel. Both front
 * ends call it before shape_infer; calling it again changes nothing. False after reporting that INPUT's constants do
 * not fit. */
bool shape_normalise(struct shape_context *context, struct node *node,
                     const struct literal_weight literals[ROLE_COUNT]);
/* The same for arguments alone, without INPUT's constants; `input`: the shape of the first input. */
void shape_normalise_args(enum layer_kind kind, struct shape input, struct layer_args *args);

/* Computes the shape, the weights and all counts of a node from its normalised arguments and its inputs; false after
 * reporting why the shapes, or the sizes of its literal weights, do not fit. Nothing but what is computed is changed,
 * and that only on success. */
bool shape_infer(struct shape_context *context, struct node *node, const struct literal_weight literals[ROLE_COUNT]);

/* floor((n + pad - d*(f-1) - 1)/s) + 1, or the ceiling with PyTorch's rule for the last window. */
int64_t shape_window_count(int64_t n, int64_t pad_before, int64_t pad_after, int64_t window, int64_t stride,
                           int64_t dilation, bool ceil);

#endif
