/* The integers of a linear operation of a quantised network, and the factors that bring its sums to the result's
 * scale: for packing, and for planners to which the size of the sums matters. */
#ifndef CNNC_QUANTISE_LINEAR_H
#define CNNC_QUANTISE_LINEAR_H

#include "lower/ops.h"
#include "quantise/multiplier.h"

struct types;

struct linear {
    const struct op *op;
    int64_t filters, row, scales;
    double *weight, *scale, *bias; /* bias NULL: zeros */
};

/* False: a tensor cannot be read. To be freed either way. */
bool linear_read(struct arena *arena, const struct types *types, const struct op *op, struct linear *l);
void linear_free(struct linear *l);

struct multiplier linear_multiplier(const struct linear *l, int64_t filter);
/* The input's numbers are multiplied as they are; what its zero point adds is taken off from the start, where all of a
 * filter's weights meet some of them. */
int32_t linear_first(const struct linear *l, int64_t filter);

/* What becomes of a sum, within the operation's bounds: as generated code computes it. False: code would lose bits of
 * it, and nothing is known. */
bool linear_result(const struct linear *l, int64_t filter, int32_t sum, double *result);

/* How a sum is brought to the scale where nothing leaves 32 bits on the way:
 *     x = (sum << left) * multiplier / 2^31, rounded; result = (x - (x < 0 and right > 0) + summand) >> right
 * The summand rounds, and holds the result's zero point. */
struct bounded {
    int32_t multiplier, left, right, summand;
};
/* What is known of all sums of an operation: nothing; that they go to the right alone, by at least one bit; or that
 * `struct bounded' holds for them. */
enum bounds { BOUNDS_NONE, BOUNDS_RIGHT, BOUNDS_BOTH };

enum bounds linear_bounded(const struct linear *l, int64_t filter, struct bounded *result);
/* BOUNDS_NONE, too, if a tensor cannot be read. */
enum bounds linear_bounds(struct arena *arena, const struct types *types, const struct op *op);

/* Can a result be less than the integer that means 0? If not, halves that go away from zero and those that go up are
 * the same. */
bool linear_goes_below(const struct op *op);

/* The same for a multiplier of numbers that are no larger than `most'. */
enum bounds multiplier_bounded(struct multiplier m, int64_t most, int32_t zero, struct bounded *result);

#endif
