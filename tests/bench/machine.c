/* Prints what one core of this machine can do: its peak of multiply-adds and how fast it reads. Lines with a word and a
 * number, like bench.c's. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "peak.h"
#include "timing.h"

enum { ROUNDS = 15 };
static const double round_seconds = 5e-3;
static const long memory_bytes = 256l << 20;

static volatile float sink;

/* Sums all of it, in as many sums as hide the latency of an addition. */
#define READ_ALL(name, target, lanes)                                                                                  \
    target __attribute__((noinline)) static void name(const float *data, long bytes)                                   \
    {                                                                                                                  \
        typedef float vector __attribute__((vector_size(4 * lanes)));                                                  \
        const vector *from = (const vector *)data, *end = from + bytes / (long)sizeof(vector);                         \
        vector a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0}, g = {0}, h = {0};                                 \
        for (; from + 8 <= end; from += 8) {                                                                           \
            a += from[0], b += from[1], c += from[2], d += from[3];                                                    \
            e += from[4], f += from[5], g += from[6], h += from[7];                                                    \
        }                                                                                                              \
        a += b + c + d + e + f + g + h;                                                                                \
        sink = a[0];                                                                                                   \
    }

#if defined(__x86_64__)
READ_ALL(read_16, __attribute__((target("avx512f"))), 16)
READ_ALL(read_8, __attribute__((target("avx"))), 8)
#endif
READ_ALL(read_4, , 4)

static void read_all(const float *data, long bytes)
{
#if defined(__x86_64__)
    if (peak_lanes() > 4) {
        (peak_lanes() > 8 ? read_16 : read_8)(data, bytes);
        return;
    }
#endif
    read_4(data, bytes);
}

/* The best of some rounds, in GB/s. */
static double bandwidth(const float *data, long bytes)
{
    double best = 0;
    read_all(data, bytes);
    for (int round = 0; round < ROUNDS; round++) {
        const double begin = timing_now();
        double took, times = 0;
        do {
            read_all(data, bytes);
            times++;
            took = timing_now() - begin;
        } while (took < round_seconds);
        best = times * (double)bytes / took > best ? times * (double)bytes / took : best;
    }
    return 1e-9 * best;
}

int main(void)
{
    float *data = aligned_alloc(64, (size_t)memory_bytes);
    double peak = 0;
    long second = 256l << 10;
#ifdef _SC_LEVEL2_CACHE_SIZE
    if (sysconf(_SC_LEVEL2_CACHE_SIZE) > 0)
        second = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    if (!data)
        return 1;
    timing_pin();
    for (long i = 0; i < memory_bytes / (long)sizeof *data; i++)
        data[i] = 1;
    for (int i = 0; i < 20 * ROUNDS; i++) {
        const double measured = peak_measure(peak_lanes());
        peak = measured > peak ? measured : peak;
    }
    printf("peak_gflops %.9g\nl2_kb %ld\nl2_gb_s %.9g\nmemory_gb_s %.9g\n", peak, second >> 10,
           bandwidth(data, second / 2), bandwidth(data, memory_bytes));
    free(data);
    return fflush(stdout) == 0 ? 0 : 1;
}
