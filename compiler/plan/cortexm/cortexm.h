/* The planner of --target=cortex-m: 32-bit processors without vectors that multiply pairs of 16 bits (Cortex-M4 and
 * later), and little memory. Tensors of s8 lie by pixels, all channels of one side by side, so that a run of numbers
 * meets a run of weights; floats and what has no kernel here go through the portable planner, by maps.
 *
 * A convolution widens the rows that its window covers to 16 bits, in memory of its own that it needs for its step
 * alone. So the rows that it has read are free, and where results are as large as inputs they take their place. */
#ifndef CNNC_PLAN_CORTEXM_CORTEXM_H
#define CNNC_PLAN_CORTEXM_CORTEXM_H

#include "plan/build.h"
#include "quantise/linear.h"

extern const struct planner cortexm_planner;

/* ---- cortexm.c: where values lie ---- */

/* A value that the operation reads, by pixels; made of the one by maps if there is no other. */
struct tensor *cortexm_pixels(struct plan *plan, const struct op *op, const struct value *value);
/* The operation's result by pixels. */
struct tensor *cortexm_output(struct plan *plan, const struct op *op);
/* The caller's tensor is the value by pixels. */
void cortexm_set_pixels(struct plan *plan, const struct value *value, struct tensor *tensor);
/* Is the order of numbers the same by pixels and by maps? */
bool cortexm_is_flat(struct shape shape);

/* The inline functions that kernels share. */
struct kernel *cortexm_words(struct plan *plan);
struct kernel *cortexm_helper(struct plan *plan, const char *file, const char *family);
/* BOUNDS, CLAMP, LOW, HIGH, OUT_ZERO and what brings a sum to the result's scale. */
void cortexm_describe_result(struct plan *plan, struct kernel *kernel, const struct op *op, enum bounds bounds);

/* ---- the families: operations of s8; false: not here ---- */

bool cortexm_convolution(struct plan *plan, const struct op *op); /* conv.c */
bool cortexm_dense(struct plan *plan, const struct op *op);       /* rest.c */
bool cortexm_pool(struct plan *plan, const struct op *op);
bool cortexm_binary(struct plan *plan, const struct op *op);
bool cortexm_table(struct plan *plan, const struct op *op);
bool cortexm_input(struct plan *plan, const struct op *op);
bool cortexm_output_op(struct plan *plan, const struct op *op);

#endif
