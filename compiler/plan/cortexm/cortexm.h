/* The planner of --target=cortex-m: 32-bit processors without vectors that multiply pairs of 16 bits and fuse products
 * and sums of floats (Cortex-M4 and later), and little memory. Tensors lie by pixels, all channels of one side by side,
 * so that a run of numbers meets a run of weights; what has no kernel here goes through the portable planner, by maps.
 *
 * A convolution copies the rows that its window covers, those of s8 widened to 16 bits, into memory of its own that it
 * needs for its step alone. So the rows that it has read are free, and where results are as large as inputs they take
 * their place. */
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
/* A value that the operation reads in the form that there is; by pixels if there are both. */
struct tensor *cortexm_either(struct plan *plan, const struct value *value, bool *by_maps);
/* Is the order of numbers the same by pixels and by maps? */
bool cortexm_is_flat(struct shape shape);

/* The inline functions that kernels share. */
struct kernel *cortexm_words(struct plan *plan);
struct kernel *cortexm_helper(struct plan *plan, const char *file, const char *family);
/* BOUNDS, CLAMP, LOW, HIGH, OUT_ZERO and what brings a sum to the result's scale. */
void cortexm_describe_result(struct plan *plan, struct kernel *kernel, const struct op *op, enum bounds bounds);

/* Memory that one step uses alone: so many bytes, counted in numbers of a type. */
struct tensor *cortexm_work_space(struct plan *plan, const struct op *op, int64_t bytes, enum element_type type);
/* A pool's windows, and what its means divide by. */
void cortexm_describe_windows(struct kernel *kernel, const struct op *op);

/* ---- floats.c, floats_conv.c: operations of floats; false: not here ---- */

bool cortexm_floats(struct plan *plan, const struct op *op);
/* A pool behind a convolution of floats.c's that does not find its maxima. */
bool cortexm_pools_alone(struct plan *plan, const struct op *op);
bool cortexm_float_convolution(struct plan *plan, const struct op *op);
/* Is it one of floats_conv.c's? */
bool cortexm_has_float_convolution(const struct plan *plan, const struct op *op);
/* The pool whose maxima it finds; or NULL. */
const struct op *cortexm_float_pool_after(const struct plan *plan, const struct op *op);

/* How many sums a tile of floats has, and how many numbers of a run are taken at once. */
struct float_tile {
    int64_t pixels, filters, depth;
};
/* The tile for rows of `width' pixels, whose sums are `runs' runs of `length' numbers each; `side' of a pool's window.
 * `whole': filters of a tile divide all filters. */
struct float_tile cortexm_float_tile(int64_t width, int64_t filters, int64_t runs, int64_t length, int64_t side,
                                     bool whole);
struct kernel *cortexm_float_words(struct plan *plan);
/* FLOATS, TILE, PIXELS, FILTERS: the helper that sums up a tile. */
void cortexm_describe_float_tile(struct plan *plan, struct kernel *kernel, const struct float_tile *tile,
                                 int64_t length);
/* What sums end in; `block' filters are a tile's, of so many weights each. */
void cortexm_describe_float_result(struct plan *plan, struct kernel *kernel, const struct op *op, int64_t block,
                                   int64_t weights);
/* Numbers of such a pack: weights, biases and slopes of whole blocks. */
int64_t cortexm_float_count(const struct op *op, int64_t block, int64_t weights);

/* ---- the families: operations of s8; false: not here ---- */

bool cortexm_convolution(struct plan *plan, const struct op *op); /* conv.c */
bool cortexm_dense(struct plan *plan, const struct op *op);       /* rest.c */
bool cortexm_pool(struct plan *plan, const struct op *op);
bool cortexm_binary(struct plan *plan, const struct op *op);
bool cortexm_table(struct plan *plan, const struct op *op);
bool cortexm_input(struct plan *plan, const struct op *op);
bool cortexm_output_op(struct plan *plan, const struct op *op);

#endif
