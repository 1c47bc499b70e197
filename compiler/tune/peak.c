/* A loop of independent multiply-adds, all in registers, for each vector width: more of them than the
 * latency of an operation in cycles times the operations per cycle. Nothing here reads memory. */
#include "tune/peak.h"

#include <time.h>

#if defined(__clang__)
#pragma clang fp contract(fast)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=fast")
#endif

#if defined(__x86_64__)
#define TARGET_16 __attribute__((target("avx512f,avx512vl,avx2,fma"), noinline))
#define TARGET_8 __attribute__((target("avx2,fma"), noinline))
#endif
#define TARGET_4 __attribute__((noinline))

#define TIMES_12(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define TIMES_24(X) TIMES_12(X) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)

#define DECLARE(i) vector s##i = zero + (float)i;
#define MULTIPLY_ADD(i) s##i = s##i * factor + summand;
#define COLLECT(i) sum += s##i;

static volatile float number = 0.999f, sink;

/* Returns the operations done in `rounds`. */
#define PEAK_LOOP(name, target, lanes, count, TIMES)                                                                   \
    target static double name(long rounds)                                                                             \
    {                                                                                                                  \
        typedef float vector __attribute__((vector_size(4 * lanes)));                                                  \
        const vector zero = {0};                                                                                       \
        const vector factor = zero + number, summand = zero + number;                                                  \
        TIMES(DECLARE)                                                                                                 \
        for (long round = 0; round < rounds; round++) {                                                                \
            TIMES(MULTIPLY_ADD)                                                                                        \
        }                                                                                                              \
        vector sum = zero;                                                                                             \
        TIMES(COLLECT)                                                                                                 \
        sink = sum[0];                                                                                                 \
        return 2.0 * lanes * count * (double)rounds;                                                                   \
    }

#if defined(__x86_64__)
PEAK_LOOP(loop_16, TARGET_16, 16, 24, TIMES_24)
PEAK_LOOP(loop_8, TARGET_8, 8, 12, TIMES_12)
#endif
PEAK_LOOP(loop_4, TARGET_4, 4, 12, TIMES_12)

int peak_lanes(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        return 16;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return 8;
#endif
    return 4;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double peak_measure(int lanes)
{
    const double begin = now();
    double operations;
#if defined(__x86_64__)
    operations = lanes == 16 ? loop_16(20000) : lanes == 8 ? loop_8(40000) : loop_4(40000);
#else
    (void)lanes;
    operations = loop_4(40000);
#endif
    return operations / (now() - begin) * 1e-9;
}
