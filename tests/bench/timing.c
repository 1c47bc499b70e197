/* Linux reports cores, switches and memory; elsewhere those answers are missing. */
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __linux__
#include <sched.h>
#include <sys/resource.h>
#endif

static double read_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double timing_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double timing_processor(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void samples_add(struct samples *samples, double value)
{
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? 2 * samples->capacity : 64;
        samples->items = realloc(samples->items, samples->capacity * sizeof *samples->items);
        if (!samples->items) {
            fprintf(stderr, "bench: out of memory\n");
            exit(1);
        }
    }
    samples->items[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at_rank(struct samples *samples, size_t rank)
{
    if (samples->count == 0)
        return 0;
    qsort(samples->items, samples->count, sizeof *samples->items, compare);
    return samples->items[rank];
}

double samples_median(struct samples *samples)
{
    return at_rank(samples, samples->count / 2);
}

double samples_least(struct samples *samples)
{
    return at_rank(samples, 0);
}

double samples_most(struct samples *samples)
{
    return at_rank(samples, samples->count - 1);
}

void timing_pin(void)
{
#ifdef __linux__
    cpu_set_t allowed, one;
    int last = -1;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            last = cpu;
    CPU_ZERO(&one);
    if (last >= 0) {
        CPU_SET(last, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
#endif
}

long timing_switches(void)
{
#ifdef __linux__
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) == 0)
        return usage.ru_nivcsw;
#endif
    return 0;
}

double timing_resident(void)
{
    char line[256];
    long kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
            break;
    if (status)
        fclose(status);
    return 1024.0 * (double)kilobytes;
}
