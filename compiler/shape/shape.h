/* The shape rules: from a node's arguments and its inputs' shapes to its result's shape, its weight
 * tensors, parameters, MACs, connections, receptive field. One rule a kind, in one table. Nothing
 * here knows about text: the expander binds arguments first (expand/bind.h), the ONNX importer
 * fills struct layer_args itself. */
#ifndef CNNC_SHAPE_SHAPE_H
#define CNNC_SHAPE_SHAPE_H

#include "graph.h"

struct diag;

/* Where the parts of a message about a node stand. NULL fields: the node's span. */
struct shape_context {
    struct arena *arena;
    struct diag *diag;
    struct span arg_spans[16]; /* of each argument that was written, by index in layer_arguments(); else {0, 0} */
};

/* `same`: (F - 1)*D in all, the smaller half first. `full`: (F - 1)*D on each side. For the binder. */
struct padding shape_pad_same(struct pair window, struct pair dilation);
struct padding shape_pad_full(struct pair window, struct pair dilation);

/* Fills node->shape and all counts; false after reporting why the shapes do not fit. The weights'
 * literals, if any, are checked here against their tensors' sizes. Before the call a node has kind,
 * name, span, inputs, args; and for literal weights `literals`
 * (NULL: none). INPUT takes its constants the same way: `mean` in literals[ROLE_MEAN], `scale` in
 * literals[ROLE_WEIGHT], one number or one a channel; they end up in args.mean and args.scale.
 * args.groups of DWCONV may be left 0. */
struct literal_weight {
    const struct matrix *matrix; /* NULL: none was written */
    struct span span;
};
bool shape_infer(struct shape_context *context, struct node *node, const struct literal_weight literals[ROLE_COUNT]);

/* floor((n + pad - d*(f-1) - 1)/s) + 1, or the ceiling with PyTorch's rule for the last window. */
int64_t shape_window_count(int64_t n, int64_t pad_before, int64_t pad_after, int64_t window, int64_t stride,
                           int64_t dilation, bool ceil);

#endif
