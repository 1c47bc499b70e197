/* The network as a list of operations over values: what is left of the graph once layers that do
 * nothing at inference are dropped and layers that belong together are fused. An operation is one
 * layer plus what was fused into it; a value is a tensor that exists at run time. Layouts, memory and
 * kernels are the plan's matter (plan/plan.h), nothing here depends on the target.
 *
 *     CONV -> BN -> RELU        one operation of kind CONV: folded = {BN}, activation = RELU
 *     ADD{CONV -> BN | x}->RELU one operation of kind CONV: folded = {BN}, residual = x, activation = RELU
 */
#ifndef CNNC_OPTIMISE_OPS_H
#define CNNC_OPTIMISE_OPS_H

#include "graph.h"

struct op;

struct value {
    int id;                  /* index in op_list.values */
    const struct node *node; /* whose result it is: the last layer of its operation */
    struct shape shape;
    struct op *producer;
    struct VEC(struct op *) readers; /* one entry a use, in the order of the operations */
};

struct op {
    int id;                                 /* index in op_list.ops */
    enum layer_kind kind;                   /* of `node`, but LAYER_OUTPUT for the delivery of a result to the caller */
    const struct node *node;                /* the layer whose formula it is */
    struct VEC(struct value *) inputs;      /* as the layer reads them; without the residual */
    struct value *output;                   /* NULL for LAYER_OUTPUT */
    struct VEC(const struct node *) nodes;  /* every layer in it, `node` first, in the order of computation */
    struct VEC(const struct node *) folded; /* BN and SCALE that are folded into the weights, in order */
    const struct node *scaled;              /* the INPUT whose scale is folded into the weights, or NULL */
    bool raw;                               /* of LAYER_INPUT: the readers have its scale in their weights */
    /* Then: result = pool(activation(before(layer + bias) + residual)); each part may be missing. */
    const struct node *before, *activation;
    const struct node *pool; /* a target's planner sets it, where its kernels can: no pass does */
    struct value *residual;
    int index;    /* LAYER_INPUT, LAYER_OUTPUT: which one of the network's */
    bool removed; /* while the passes run */
};

struct op_list {
    struct arena *arena;
    const struct graph *graph;
    struct VEC(struct op *) ops; /* in the order in which they run; outputs last */
    struct VEC(struct value *) values;
};

/* All the passes; never fails. */
struct op_list *optimise(struct arena *arena, const struct graph *graph);

/* The passes, in their order. Each leaves a list that means the same network. */
void optimise_drop_identities(struct op_list *list); /* DROPOUT, RESHAPE to the same shape, PAD by nothing, ... */
void optimise_drop_dead(struct op_list *list);       /* what no output depends on (inputs stay) */
void optimise_fold_affine(struct op_list *list);     /* BN and SCALE into the convolution or FC before them */
void optimise_fold_scales(struct op_list *list);     /* an INPUT's scale into all that read it, if they are linear */
void optimise_fuse_activations(struct op_list *list);
void optimise_fuse_residuals(struct op_list *list); /* ADD into the convolution that computes its last operand */

/* The one operation of each layer of the graph, nothing fused. */
struct op_list *op_list_new(struct arena *arena, const struct graph *graph);
/* Readers of `from` read `to` instead. */
void op_list_replace(struct op_list *list, struct value *from, struct value *to);
/* Takes out what is marked removed, numbers the rest. */
void op_list_compact(struct op_list *list);
/* Does the layer compute y = f(x) for each number by itself (a PRELU also knows the channel)? */
bool op_is_activation(enum layer_kind kind);
bool op_is_convolution(enum layer_kind kind); /* CONV DWCONV DECONV FC: they have weights to fold into */
/* One line an operation, for --trace=optimise. */
struct text;
void op_list_print(const struct op_list *list, struct text *out);

#endif
