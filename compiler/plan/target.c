/* The targets' names, and what the machine that cnnc runs on has. */
#include "plan/plan.h"

#include <string.h>

const char *const target_names[TARGET_COUNT] = {"c99", "x86-64", "avx2", "avx512", "neon", "native"};

static enum target native_target(void)
{
#if defined __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        return TARGET_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return TARGET_AVX2;
    return TARGET_X86_64;
#elif defined __aarch64__
    return TARGET_NEON;
#else
    return TARGET_C99;
#endif
}

bool target_named(const char *name, enum target *target)
{
    *target = TARGET_C99;
    if (!name)
        return true;
    for (int i = 0; i < TARGET_COUNT; i++)
        if (strcmp(target_names[i], name) == 0) {
            *target = i == TARGET_NATIVE ? native_target() : (enum target)i;
            return true;
        }
    return false;
}
