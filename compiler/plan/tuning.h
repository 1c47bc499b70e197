/* Which of several ways a convolution is computed: by measurements of a machine (tune/) instead of the model of cost.
 * A planner that sees several ways asks here before it decides, and the plan keeps what it could have chosen. */
#ifndef CNNC_PLAN_TUNING_H
#define CNNC_PLAN_TUNING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct op;
struct plan;

/* "3x3 56x56x64 -> 56x56x64" is computed by the way "F(4x4,3x3)". */
struct tuned {
    const char *layer, *way;
    int line; /* of the file that says so; 0: measured in this run */
};

struct tuning {
    const char *target; /* a word of targets.def */
    struct VEC(struct tuned) layers;
};

/* The ways that an operation had, of which there may be but one, and the one that it took. */
struct ways {
    const struct op *op;
    const char *layer;
    const char *const *names;
    size_t count, chosen;
};

/* What the tuning (NULL: none) says of a layer, or NULL. */
const struct tuned *tuning_find(const struct tuning *tuning, const char *layer);
/* Which way the tuning asks for: an index of `names`, or -1 if the model of cost shall say, whose choice tuning_chose
 * then tells the plan. `planes`: the input is read as it is in the network's inputs, not in blocks of channels. */
int tuning_choose(struct plan *plan, const struct op *op, bool planes, const char *const *names, size_t count);
void tuning_chose(struct plan *plan, size_t chosen);
/* The ways of a layer for which the tuning asks for another one, and what it asks; NULL: it could be followed. */
const struct ways *tuning_unfit(const struct plan *plan, const struct tuned **tuned);

#endif
