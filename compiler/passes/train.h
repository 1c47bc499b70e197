/* Writing training code, which two passes do: for a person, and to run it. */
#ifndef CNNC_PASSES_TRAIN_H
#define CNNC_PASSES_TRAIN_H

#include "compilation.h"

/* Writes the training code for the target of the options to `path`, and its header beside it. */
bool train_write(struct compilation *c, const char *path);

#endif
