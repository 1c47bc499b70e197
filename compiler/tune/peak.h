/* A core's peak rate of multiply-adds, which speeds are compared with. */
#ifndef CNNC_TUNE_PEAK_H
#define CNNC_TUNE_PEAK_H

#include <stdbool.h>

/* The widest float vectors that this machine and peak_measure support: 16, 8 or 4. */
int peak_lanes(void);
/* GFLOP/s of one short loop (some 60 microseconds) of independent multiply-adds on vectors of `lanes`
 * floats; on x86-64, 4 lanes are multiplied and added separately, since plain x86-64 has no fused operation. */
double peak_measure(int lanes);

#endif
