/* What a plan says to people: which kernel runs which layer, why, and which of them are slow. */
#ifndef CNNC_PLAN_DESCRIBE_H
#define CNNC_PLAN_DESCRIBE_H

#include "plan/plan.h"

/* Steps, buffers and packs as text, for --trace=plan. */
void plan_print(const struct plan *plan, struct text *out);
/* One line an operation: the last layer in it, its result, its kernels; for --trace=kernels and golden files. */
void plan_print_kernels(const struct plan *plan, struct text *out);
/* How a layer is computed, for --explain; never NULL. */
struct description; /* the plan, by operations and layers */
struct description *plan_description(const struct plan *plan);
const char *plan_describe(const struct description *description, const struct node *node);
/* Warns of operations in plain C that do more than a hundredth of the network's work, and not next to nothing, where
 * the target has vectors. */
void plan_warn_slow(const struct plan *plan, struct diag *diag);

#endif
