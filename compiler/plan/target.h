/* What a target is: instruction sets, the figures of its cost model, and the functions that plan for it. The targets
 * that exist are in targets.def. */
#ifndef CNNC_PLAN_TARGET_H
#define CNNC_PLAN_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct abilities;
struct op;
struct plan;
struct planning;
struct tensor;

/* A planner of kernels for a kind of target: plan/portable and plan/vector. */
struct planner {
    const char *name;
    const struct abilities *abilities; /* what its kernels can take on */
    /* Looks at all operations before the first is planned and returns plan->planning. NULL: nothing to do. */
    struct planning *(*begin)(struct plan *plan);
    /* Adds the steps of one operation; false: no kernel for it. */
    bool (*plan_op)(struct plan *plan, const struct op *op);
    /* What can be done once all operations have their steps. NULL: nothing. */
    void (*end)(struct plan *plan);
    /* The tensor that holds the operation's result in the form in which it was computed. */
    struct tensor *(*result)(const struct plan *plan, const struct op *op);
};

/* An instruction set with vectors. */
struct vector_set {
    const char *name;
    int lanes;
    int sums;                    /* registers that a kernel fills with sums */
    int64_t first, second;       /* bytes of the levels of cache that a core has to itself */
    const char *const *features; /* ends with NULL */
    const char *const *halves;   /* those that reading half floats takes beside them; ends with NULL */
};

enum { TARGET_MOST_SETS = 4 };

/* Of a class of machines, as targets.def has it. */
struct costs {
    const struct vector_set *set;
    double memory, cached; /* bytes read in a cycle */
    double last;           /* bytes */
    bool measured;         /* on the machine that cnnc runs on (tune/profile.h) */
};

struct target {
    const char *name;
    const struct planner *planner;
    const struct costs *costs;
    const struct vector_set *sets[TARGET_MOST_SETS + 1]; /* the widest first; ends with NULL */
    const char *text;
};

/* Does the target have vectors of its own? */
static inline bool target_is_fast(const struct target *target)
{
    return target->sets[0] != NULL;
}

#endif
