/* The targets that exist: targets.def as a table. */
#ifndef CNNC_PLAN_TARGETS_H
#define CNNC_PLAN_TARGETS_H

#include "plan/target.h"

/* All targets; ends with a name of NULL. */
extern const struct target target_table[];
/* "c99|x86-64|...|native": the words of --target. */
extern const char target_words[];
/* NULL means c99, "native" the last target that this machine runs. Returns NULL if the name is unknown. */
const struct target *target_named(const char *name);
/* The widest of the target's sets that this machine has, or NULL. */
const struct vector_set *target_set_here(const struct target *target);
/* Does this machine run its code? */
bool target_runs_here(const struct target *target);

#endif
