/* The most multiply-adds a core does: what speeds are compared with. */
#ifndef PEAK_H
#define PEAK_H

#include <stdbool.h>

/* The widest vectors of floats that this machine and peak_measure know: 16, 8 or 4. */
int peak_lanes(void);
/* GFLOP/s of one short loop (some 60 microseconds) of independent multiply-adds on vectors of `lanes`
 * floats; 4 lanes are multiplied and added apart on x86-64, whose plain code has no fused operation. */
double peak_measure(int lanes);

#endif
