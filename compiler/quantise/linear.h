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
/* The input's numbers are multiplied as they are; what its zero point adds is taken off from the start. */
int32_t linear_first(const struct linear *l, int64_t filter);

/* How a sum is brought to the scale where neither twice the sum nor anything after that leaves 32 bits:
 *     x = sum * multiplier / 2^31, rounded; result = (x + (x < 0 ? -1 : 0) + summand) >> shift
 * The summand rounds, and holds the result's zero point. */
struct bounded {
    int32_t multiplier, shift, summand;
};
/* False: the sums of that filter are not known to be so small. */
bool linear_bounded(const struct linear *l, int64_t filter, struct bounded *result);
/* Are those of all filters? False, too, if a tensor cannot be read. */
bool linear_is_bounded(struct arena *arena, const struct types *types, const struct op *op);

/* The same for a multiplier of numbers that are no larger than `most'. */
bool multiplier_bounded(struct multiplier m, int64_t most, int32_t zero, struct bounded *result);

#endif
