/* Writing training code, which two passes do: for a person, and to run it. */
#ifndef CNNC_PASSES_TRAIN_H
#define CNNC_PASSES_TRAIN_H

#include "compilation.h"

/* Writes the training code for the target of the options to `path`, and its header beside it. */
bool train_write(struct compilation *c, const char *path);
/* Bytes that this code asks for, with the recipe's batch and one thread; 0, without a message, if the network cannot be
 * trained. */
uint64_t train_memory_needed(struct compilation *c);

#endif
