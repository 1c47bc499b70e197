/* Inside weights/: numbers that no file gives. */
#ifndef CNNC_WEIGHTS_INITIAL_H
#define CNNC_WEIGHTS_INITIAL_H

#include "graph.h"

/* The same on every machine: integers, one division, one square root, one product, no libm. */
void initial_he(enum layer_kind kind, const struct weight *weight, uint64_t seed, float *values);
/* All zero, but variances one, so that nothing is divided by nearly zero. */
void initial_zero(const struct weight *weight, float *values);

#endif
