/* Internal to weights/: numbers that do not come from a file. */
#ifndef CNNC_WEIGHTS_INITIAL_H
#define CNNC_WEIGHTS_INITIAL_H

#include "graph.h"

/* The same on every machine: integers, a division, a square root and a product, no libm. */
void initial_he(enum layer_kind kind, const struct weight *weight, uint64_t seed, float *values);
/* All zero, except variances, which are one so that nothing is divided by almost zero. */
void initial_zero(const struct weight *weight, float *values);

#endif
