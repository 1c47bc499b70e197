/* Inside thin/: what each channel of each value can be, over all inputs. */
#ifndef CNNC_THIN_RANGES_H
#define CNNC_THIN_RANGES_H

#include <stdbool.h>

#include "lower/ops.h"

struct types;
struct weights;

/* Of integers where the value is s8, and of floats, which may be infinite, elsewhere. Never NaN: a network whose inputs
 * are NaN has no ranges. */
struct range {
    double low, high;
};

struct ranges {
    struct arena *arena;
    const struct op_list *list; /* one operation a layer, nothing fused */
    const struct types *types;  /* NULL: floats */
    const struct weights *weights;
    struct range **of; /* by value id: one a channel */
};

/* False: a weight cannot be read. */
bool ranges_find(struct ranges *r);

bool range_is_point(struct range range);
/* What padding is among the value's numbers: a zero, or the integer that means it. */
double range_padding(const struct value *value);
/* Does a window of a convolution or pool reach beyond the map? */
bool range_meets_padding(const struct op *op);

/* The smallest range with both in it. */
struct range range_union(struct range a, struct range b);
struct range range_everything(const struct value *value);

/* Sums of a filter: of `row', whose entry i multiplies channel i / taps of the input, each less `zero'. `sizes', unless
 * NULL: the largest sum of the terms' sizes. */
struct range range_sum(const struct range *in, const double *row, int64_t count, int64_t taps, double zero,
                       double *sizes);

/* integers.c, floats.c: the range of each channel of the operation's result. */
bool ranges_of_integers(const struct ranges *r, const struct op *op, struct range *out);
bool ranges_of_floats(const struct ranges *r, const struct op *op, struct range *out);

#endif
