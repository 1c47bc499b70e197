/* Channels of one tensor that differ wildly in size share one scale of 8 bits, and the small ones have few steps of it.
 * Between two layers with weights that sizes pass through, each channel can be multiplied by a number that the second
 * layer divides by: the network computes the same, and its channels are of one size. */
#ifndef CNNC_QUANTISE_EQUALISE_H
#define CNNC_QUANTISE_EQUALISE_H

#include "quantise/calibration.h"

enum { EQUALISE_LEAST = 32 /* how many times as large as the smallest a layer's largest channel is, at least */ };

/* Weights of the same network whose layers have channels of one size; *layers: how many. The numbers are powers of two,
 * so that floats compute the same bits. NULL: no layer has such channels, or a tensor cannot be read. */
struct weights *equalise(const struct calibration *c, int64_t *layers);

#endif
