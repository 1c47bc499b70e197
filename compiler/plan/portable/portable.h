/* The planner of plain C kernels over planar tensors without halo: --target=c99, and every operation for which
 * vectors have nothing better. One file a family of operations; which template computes each, with which numbers. What
 * the C looks like is in templates/portable. */
#ifndef CNNC_PLAN_PORTABLE_PORTABLE_H
#define CNNC_PLAN_PORTABLE_PORTABLE_H

#include "plan/build.h"

struct abilities;

extern const struct planner portable_planner;
extern const struct abilities portable_abilities;
bool portable_plan_op(struct plan *plan, const struct op *op);

/* ---- parts.c: what the families share ---- */

struct tensor *portable_input(struct plan *plan, const struct op *op, size_t index);
struct tensor *portable_output(struct plan *plan, const struct op *op);
/* PARAM: the function's name, or the word none. */
void portable_function(struct plan *plan, struct kernel *kernel, const char *param, const struct function *function);
/* ACTIVATION and SLOPES: what the kernel ends in. */
void portable_activation(struct plan *plan, struct kernel *kernel, const struct function *function);
/* The slopes of the activation as the step's next argument, if it has any. */
void portable_slopes(struct plan *plan, const struct op *op, struct step *step);

/* How convolutions and dense kernels end: bias, residual, functions. */
void portable_describe_epilogue(struct plan *plan, struct kernel *kernel, const struct op *op, bool add_first);
/* Their step: input, residual, packed rows, slopes. */
struct step *portable_linear_step(struct plan *plan, const struct op *op, struct kernel *kernel);

/* The helper that finds the weights of a gauss pool's window along one axis. */
struct kernel *portable_gauss_window(struct plan *plan);

/* A window that slides over maps. Signals are one pixel wide: their rows then play the columns, so that the inner loop
 * is long. */
struct portable_window {
    int64_t in_h, in_w, out_h, out_w;
    struct window window;
    bool clip_h, clip_w; /* does it ever reach over the edge? */
};
struct portable_window portable_window(struct shape in, struct shape out, const struct window *window);
/* A pool's windows, and what its means divide by. */
void portable_describe_pool(struct kernel *kernel, const struct op *op);
void portable_describe_window(struct kernel *kernel, const struct portable_window *w);

/* What a pool's mean divides by. */
const char *portable_count_word(const struct op *op, const struct portable_window *w);

/* Long sums are kept in several parts: how many, and how many of `count` numbers they take. */
struct portable_lanes {
    int64_t lanes, whole;
};
struct portable_lanes portable_lanes(int64_t count, int64_t lanes);

/* ---- the families ---- */

bool portable_convolution(struct plan *plan, const struct op *op); /* conv.c */
/* Can the kernel find the maxima of a pool after it? */
bool portable_ends_in_pool(const struct op *op);
bool portable_transposed(struct plan *plan, const struct op *op);
bool portable_dense(struct plan *plan, const struct op *op); /* dense.c */
bool portable_distance(struct plan *plan, const struct op *op);
bool portable_pool(struct plan *plan, const struct op *op);  /* pool.c */
bool portable_unary(struct plan *plan, const struct op *op); /* elementwise.c */
bool portable_binary(struct plan *plan, const struct op *op);
/* One operand of a BINARY with the result so far; `last': what comes out is the operation's result. */
struct kernel *portable_describe_binary(struct plan *plan, const struct op *op, struct shape a, struct shape b,
                                        bool last);
bool portable_affine(struct plan *plan, const struct op *op);
bool portable_normalise(struct plan *plan, const struct op *op); /* norm.c */
bool portable_lrn(struct plan *plan, const struct op *op);
bool portable_softmax(struct plan *plan, const struct op *op);
/* reduce.c */
/* OUTER times COUNT times INNER numbers become OUTER times INNER. */
void portable_describe_reduction(struct kernel *kernel, const struct op *op);
bool portable_reduce(struct plan *plan, const struct op *op);
/* matmul.c */
/* BATCH products of HEIGHT x INNER by INNER x WIDTH; how far matrices of each operand are apart, 0 where one serves
 * all. */
void portable_describe_matmul(struct kernel *kernel, const struct op *op);
bool portable_matmul(struct plan *plan, const struct op *op);
bool portable_input_op(struct plan *plan, const struct op *op); /* ends.c */
bool portable_output_op(struct plan *plan, const struct op *op);
bool portable_concat(struct plan *plan, const struct op *op); /* move.c */
bool portable_reshape(struct plan *plan, const struct op *op);
bool portable_slice(struct plan *plan, const struct op *op);
bool portable_pad(struct plan *plan, const struct op *op);
bool portable_transpose(struct plan *plan, const struct op *op);
bool portable_shuffle(struct plan *plan, const struct op *op);
bool portable_upsample(struct plan *plan, const struct op *op);

/* ---- quantised.c: operations of s8, where they differ; op_is_quantised() tells ---- */

/* The rest of a convolution's or dense operation's description, and its step. */
bool quantised_finish(struct plan *plan, const struct op *op, struct kernel *kernel);
bool quantised_transposed(struct plan *plan, const struct op *op, struct kernel *kernel);
/* OUT_ZERO, LOW and HIGH; with REQUANTISE. */
void quantised_describe_bounds(struct kernel *kernel, const struct op *op);
void quantised_describe_result(struct plan *plan, struct kernel *kernel, const struct op *op);
/* The helper that multiplies by a multiplier and a shift. */
struct kernel *quantised_rescale(struct plan *plan);
bool quantised_dense(struct plan *plan, const struct op *op);
void quantised_describe_pool(struct plan *plan, struct kernel *kernel, const struct op *op);
bool quantised_pool(struct plan *plan, const struct op *op, struct kernel *kernel);
/* A merge's bounds, zero points, multipliers and shifts; with the helpers that use them. */
void quantised_describe_factors(struct kernel *kernel, const struct op *op);
void quantised_describe_merge(struct plan *plan, struct kernel *kernel, const struct op *op);
/* A table's results, of all numbers of tensors that lie alike. */
struct step *quantised_table_step(struct plan *plan, const struct op *op, struct tensor *from, struct tensor *to);
bool quantised_table_op(struct plan *plan, const struct op *op);
bool quantised_softmax(struct plan *plan, const struct op *op);
/* Floats in planes. */
void quantised_floats_step(struct plan *plan, const struct op *op, struct tensor *from, struct tensor *to);
bool quantised_convert(struct plan *plan, const struct op *op);
bool quantised_input_op(struct plan *plan, const struct op *op);
/* The integer that stands for a number in a value of s8. */
int64_t quantised_number(const struct value *value, double number);

/* to[i*to_step[0] + j*to_step[1] + k*to_step[2]] = from[i*from_step[0] + ...]; counts of 1 cost nothing. */
struct portable_move {
    int64_t count[3], from_step[3], to_step[3], from_start, to_start;
};
/* All of a tensor as it lies in memory. */
struct portable_move portable_move_flat(struct shape shape);
/* Floats that hold whole numbers, as integers. */
void portable_store_integers(struct plan *plan, const struct op *op, struct portable_move move, struct tensor *from,
                             struct tensor *to);
struct step *portable_move(struct plan *plan, const struct op *op, const char *family, struct portable_move move,
                           struct tensor *from, struct tensor *to);

#endif
