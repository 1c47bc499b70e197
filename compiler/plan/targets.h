/* The targets that exist: targets.def as a table. */
#ifndef CNNC_PLAN_TARGETS_H
#define CNNC_PLAN_TARGETS_H

#include "plan/target.h"

/* All targets; ends with a name of NULL. */
extern const struct target target_table[];
/* NULL is c99, "native" what this machine has. NULL if the name is unknown. */
const struct target *target_named(const char *name);

#endif
