/* Internal to the evaluator: what the functions of a layer receive, how they are called, and the lists of them, derived
 * from layers.def and merges.def: each kind has a function that computes its result, and one for the way back. */
#ifndef CNNC_REFERENCE_LAYER_H
#define CNNC_REFERENCE_LAYER_H

#include "graph.h"

struct weights;

struct layer_call {
    const struct node *node;
    const struct layer_args *args;
    struct shape in_shape, shape;      /* of the first input (INPUT: its own), of the result */
    const double *const *in;           /* the results of all inputs, CHW */
    double *out;                       /* the result, CHW */
    const double *tensors[ROLE_COUNT]; /* NULL where the layer has none */
    bool sizes;                        /* for terms.c: magnitudes add up even where the formula subtracts */
};

typedef void layer_function(const struct layer_call *call);

/* The way back. d_x stands for the derivative of the loss by x, an array as large as x. A layer adds its share to the
 * derivatives of what it reads, since others may read that, too. */
struct layer_backward {
    struct layer_call call; /* as it was evaluated; its result is in call.out */
    const double *d_out;
    double *const *d_in;           /* by input */
    double *d_tensors[ROLE_COUNT]; /* NULL where nothing is learnt */
};

typedef void backward_function(const struct layer_backward *b);

#define LAYER(keyword, ...)                                                                                            \
    layer_function reference_##keyword;                                                                                \
    backward_function reference_backward_##keyword;
#define MERGE LAYER
#include "layers.def"
#include "merges.def"
#undef MERGE
#undef LAYER

/* Calls a layer function with the node's weights; for `sizes`, with their absolute values (means negated, since
 * they are subtracted). False: a weight cannot be read. */
bool reference_apply(layer_function *function, bool sizes, const struct node *node, const struct weights *weights,
                     const double *const in[], double *out);

/* The layer with these tensors, inputs and result. */
struct layer_call reference_call(const struct node *node, double *const tensors[ROLE_COUNT], const double *const in[],
                                 double *out);
void reference_forward(const struct layer_call *call);
void reference_backward(const struct layer_backward *b);
/* weight->count numbers in PyTorch's order; false if they cannot be read. */
bool reference_read(const struct weights *weights, const struct weight *weight, double *values);

/* The index of channel c, row y, column x in a tensor. */
static inline int64_t tensor_at(struct shape shape, int64_t c, int64_t y, int64_t x)
{
    return (c * shape.h + y) * shape.w + x;
}

/* w[i] of a tensor that may be absent, or hold one number for all i. */
static inline double tensor_entry(const struct layer_call *call, enum weight_role role, int64_t i, double missing)
{
    const double *tensor = call->tensors[role];
    if (!tensor)
        return missing;
    return tensor[node_weight(call->node, role)->count == 1 ? 0 : i];
}

/* d_w[i] += derivative, likewise. */
static inline void tensor_learn(const struct layer_backward *b, enum weight_role role, int64_t i, double derivative)
{
    if (b->d_tensors[role])
        b->d_tensors[role][node_weight(b->call.node, role)->count == 1 ? 0 : i] += derivative;
}

#endif
