/* 64-bit arithmetic that says when it overflows. Each returns false on overflow. */
#ifndef CNNC_BASE_CHECKED_H
#define CNNC_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool checked_add(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

static inline bool checked_sub(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_sub_overflow(a, b, result);
}

static inline bool checked_mul(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

/* a*b*c..., for sizes: checked_product(&result, 3, h, w, c). */
bool checked_product(int64_t *result, int count, ...);

#endif
