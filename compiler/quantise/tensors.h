/* Inside quantise/: the tensors of a quantised network, read and checked. */
#ifndef CNNC_QUANTISE_TENSORS_H
#define CNNC_QUANTISE_TENSORS_H

#include "quantise/types.h"

struct named_tensor;

/* Every tensor that a quantised network has beside a float one belongs to a layer, and the scales and zero points make
 * sense. Fills in `stated' of each type. False after reporting. */
bool tensors_check(struct arena *arena, struct diag *diag, struct types *types);
/* Has the result a scale of its own, and which? */
bool tensors_have_meaning(const struct types *types, const struct node *node);
struct meaning tensors_meaning(const struct types *types, const struct node *node);
/* Are the weights s8? */
bool tensors_have_integers(struct arena *arena, const struct types *types, const struct node *node);
/* Weights, biases and their scales fit the layer, its sums fit into 32 bits, and its factors into a multiplier. False
 * after reporting. */
bool tensors_check_linear(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node);
/* A layer that computes in floats has all its weights. False after reporting. */
bool tensors_check_floats(struct diag *diag, const struct types *types, const struct node *node);
/* Two operands whose scales are too far apart. False after reporting. */
bool tensors_check_merge(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node);

/* These return false. */
bool tensors_report_float_input(struct diag *diag, const struct types *types, const struct node *node);
bool tensors_report_no_meaning(struct diag *diag, const struct types *types, const struct node *node);

#endif
