/* Where intervals that share an arena lie: alone, so that tests can ask without a plan. */
#ifndef CNNC_PLAN_ASSIGN_H
#define CNNC_PLAN_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct interval {
    int64_t bytes;
    int first, last; /* the steps between which it is in use, both included */
    int64_t offset;  /* the result */
};
int64_t memory_lower_bound(const struct interval *intervals, size_t count);
/* Fills the offsets in and returns the size of the arena: the best of several deterministic searches. */
int64_t memory_assign(struct arena *arena, struct interval *intervals, size_t count);

#endif
