/* The clock, samples and their median, and the core a program stays on. */
#ifndef TIMING_H
#define TIMING_H

#include <stddef.h>

struct samples {
    double *items;
    size_t count, capacity;
};

double timing_now(void); /* seconds */
void samples_add(struct samples *samples, double value);
double samples_median(struct samples *samples); /* sorts them; 0 if there are none */
/* Stays on the last core that this process may use; later threads inherit it. */
void timing_pin(void);
/* How often another program got the calling thread's core; 0 if the system does not say. */
long timing_switches(void);
/* The bytes of this process resident in memory; 0 if the system does not say. */
double timing_resident(void);

#endif
