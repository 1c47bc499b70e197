/* Measures this machine: its peak of multiply-adds, and how fast one core reads from each level of cache. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tune/peak.h"
#include "tune/profile.h"

enum { ROUNDS = 15, PEAK_ROUNDS = 300 };

static const double round_seconds = 5e-3;
static const long most_bytes = 256L << 20, least_second = 256L << 10, least_last = 4L << 20;

static volatile float sink;

/* Sums all of it, in as many sums as hide the latency of an addition. */
#define READ_ALL(name, target, lanes)                                                                                  \
    target __attribute__((noinline)) static void name(const float *data, long bytes)                                   \
    {                                                                                                                  \
        typedef float vector __attribute__((vector_size(4 * lanes)));                                                  \
        const vector *from = (const vector *)(const void *)data, *end = from + bytes / (long)sizeof(vector);           \
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

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The best of some rounds, in GB/s. */
static double bandwidth(const float *data, long bytes)
{
    double best = 0;
    read_all(data, bytes);
    for (int round = 0; round < ROUNDS; round++) {
        const double begin = now();
        double took, times = 0;
        do {
            read_all(data, bytes);
            times++;
            took = now() - begin;
        } while (took < round_seconds);
        best = times * (double)bytes / took > best ? times * (double)bytes / took : best;
    }
    return 1e-9 * best;
}

static long second_level(void)
{
    long bytes = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
    bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    bytes = bytes > least_second ? bytes : least_second;
    return bytes < most_bytes / 8 ? bytes : most_bytes / 8;
}

/* The most bytes, of powers of two, that are read at no less than the mean (geometric) of both speeds. */
static long what_stays(const float *data, long from, double cached, double memory)
{
    long bytes = from;
    for (; bytes < most_bytes; bytes *= 2) {
        const double speed = bandwidth(data, 2 * bytes);
        if (speed * speed <= cached * memory)
            break;
    }
    return bytes;
}

bool speeds_measure(struct speeds *speeds)
{
    float *data = aligned_alloc(64, (size_t)most_bytes);
    const long second = second_level(), last = 4 * second > least_last ? 4 * second : least_last;
    if (!data)
        return false;
    for (long i = 0; i < most_bytes / (long)sizeof *data; i++)
        data[i] = 1;
    *speeds = (struct speeds){0};
    for (int i = 0; i < PEAK_ROUNDS; i++) {
        const double measured = peak_measure(peak_lanes());
        speeds->peak = measured > speeds->peak ? measured : speeds->peak;
    }
    speeds->second = bandwidth(data, second / 2);
    speeds->cached = bandwidth(data, last);
    speeds->memory = bandwidth(data, most_bytes);
    speeds->last = (double)what_stays(data, last, speeds->cached, speeds->memory);
    free(data);
    return true;
}
