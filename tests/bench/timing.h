/* The clock, samples and their median, and the core a program stays on. */
#ifndef TIMING_H
#define TIMING_H

#include <stddef.h>

struct samples {
    double *items;
    size_t count, capacity;
};

double timing_now(void);       /* seconds */
double timing_processor(void); /* seconds that the calling thread had a core */
void samples_add(struct samples *samples, double value);
/* All three sort the samples, and are 0 if there are none. */
double samples_median(struct samples *samples);
double samples_least(struct samples *samples);
double samples_most(struct samples *samples);
/* Stays on the last core that this process may use; later threads inherit it. */
void timing_pin(void);
/* How often another program got the calling thread's core; 0 if the system does not say. */
long timing_switches(void);
/* The bytes of this process resident in memory; 0 if the system does not say. */
double timing_resident(void);

#endif
