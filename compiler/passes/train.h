/* Writing training code, which two passes do: for a person, and to run it. */
#ifndef CNNC_PASSES_TRAIN_H
#define CNNC_PASSES_TRAIN_H

#include "compilation.h"

struct train_plan;

/* Writes the training code for the target of the options to `path`, and its header beside it. */
bool train_write(struct compilation *c, const char *path);
/* Both steps of that: NULL and false after reporting. */
struct train_plan *train_plan_for(struct compilation *c, struct diag *diag);
bool train_write_plan(struct compilation *c, const char *path, const struct train_plan *plan);
/* Bytes that this code asks for, with the recipe's batch and one thread; 0, without a message, if the network cannot be
 * trained. */
uint64_t train_memory_needed(struct compilation *c);

#endif
