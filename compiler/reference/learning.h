/* Internal to the evaluator: the two layers that learning changes, BN and DROPOUT, and the losses. All of them look at
 * a whole batch. */
#ifndef CNNC_REFERENCE_LEARNING_H
#define CNNC_REFERENCE_LEARNING_H

#include "graph.h"
#include "reference/train.h"

/* A layer and its batch; images lie one after another. d_x is the derivative of the loss by x; a layer adds its share
 * to d_in and d_tensors, where they are not NULL. */
struct batch_call {
    const struct node *node;
    int64_t count; /* images */
    const double *in;
    double *out;
    const struct reference_tensors *tensors;
    uint64_t seed, step;
    const double *d_out;
    double *d_in;
    const struct reference_tensors *d_tensors;
};

void learning_BN(const struct batch_call *call);
void learning_backward_BN(const struct batch_call *call);
/* Moves the running statistics towards those of the batch. */
void learning_move_statistics(const struct batch_call *call);
void learning_DROPOUT(const struct batch_call *call);
void learning_backward_DROPOUT(const struct batch_call *call);

/* What the loss of an output is computed from: the result of the node before a final activation that the loss contains,
 * or else its own. */
const struct node *loss_scores(enum reference_loss kind, const struct node *output);
/* The mean loss of a batch with these scores, times `factor`. Adds its derivatives to d_scores, unless that is NULL. */
double loss_of(const struct reference_learning *learning, const struct reference_target *target, struct shape shape,
               int64_t count, const double *scores, double factor, double *d_scores);

#endif
