/* Internal to the evaluator: what a layer function receives, how it is called, and the list of these functions, one
 * per kind, derived from layers.def and merges.def. */
#ifndef CNNC_REFERENCE_LAYER_H
#define CNNC_REFERENCE_LAYER_H

#include "graph.h"

struct weights;

struct layer_call {
    const struct node *node;
    const struct layer_args *args;
    struct shape in_shape, shape;     /* of the first input (INPUT: its own), of the result */
    const double *const *in;          /* the results of all inputs, CHW */
    double *out;                      /* the result, CHW */
    const float *tensors[ROLE_COUNT]; /* NULL where the layer has none */
    bool sizes;                       /* for terms.c: magnitudes add up even where the formula subtracts */
};

typedef void layer_function(const struct layer_call *call);

#define LAYER(keyword, ...) void reference_##keyword(const struct layer_call *call);
#include "layers.def"
#undef LAYER
#define MERGE(keyword, ...) void reference_##keyword(const struct layer_call *call);
#include "merges.def"
#undef MERGE

/* Calls a layer function with the node's weights; for `sizes`, with their absolute values (means negated, since
 * they are subtracted). False: a weight cannot be read. */
bool reference_apply(layer_function *function, bool sizes, const struct node *node, const struct weights *weights,
                     const double *const in[], double *out);

/* The index of channel c, row y, column x in a tensor. */
static inline int64_t tensor_at(struct shape shape, int64_t c, int64_t y, int64_t x)
{
    return (c * shape.h + y) * shape.w + x;
}

/* w[i] of a tensor that may be absent, or hold one number for all i. */
static inline double tensor_entry(const struct layer_call *call, enum weight_role role, int64_t i, double missing)
{
    const float *tensor = call->tensors[role];
    if (!tensor)
        return missing;
    return tensor[node_weight(call->node, role)->count == 1 ? 0 : i];
}

#endif
