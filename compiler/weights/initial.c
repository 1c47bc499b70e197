/* Initial weights. Kernels: He's uniform distribution, -b .. b with b = sqrt(6 / fan_in). Everything
 * else gets numbers that keep a deep network's values in range but change the result when a term is
 * forgotten: factors and variances 0.5 .. 1.5, biases and means -0.1 .. 0.1, PRELU's slopes 0 .. 0.5,
 * RBF's prototypes and CONST's numbers -1 .. 1. A tensor's numbers depend only on the seed and its name. */
#include "weights/initial.h"

#include <math.h>

/* The 64-bit mixing function of Steele, Lea and Flood's SplitMix. */
static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t hash_name(const char *name)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
    return hash;
}

/* How many numbers add up to one result: the product of a kernel's axes but the first. A transposed
 * convolution spreads its input instead; its second axis and window are close enough. */
static double fan_in(const struct weight *weight)
{
    int64_t numbers = weight->rank > 1 && weight->dims[0] > 0 ? weight->count / weight->dims[0] : 1;
    return (double)numbers;
}

struct interval {
    double middle, half;
};

static struct interval interval_of(enum layer_kind kind, const struct weight *weight)
{
    if (weight->role == ROLE_BIAS || weight->role == ROLE_MEAN)
        return (struct interval){0, 0.1};
    if (weight->role == ROLE_VAR)
        return (struct interval){1, 0.5};
    if (kind == LAYER_PRELU)
        return (struct interval){0.25, 0.25};
    if (kind == LAYER_RBF || kind == LAYER_CONST)
        return (struct interval){0, 1};
    if (layer_table[kind].family == FAMILY_CONVOLUTION || layer_table[kind].family == FAMILY_DENSE)
        return (struct interval){0, sqrt(6 / fan_in(weight))};
    return (struct interval){1, 0.5};
}

void initial_he(enum layer_kind kind, const struct weight *weight, uint64_t seed, float *values)
{
    struct interval interval = interval_of(kind, weight);
    uint64_t state = seed;
    state = next_bits(&state) ^ hash_name(weight->name);
    for (int64_t i = 0; i < weight->count; i++) {
        /* odd 25-bit integers, symmetric about zero; exact as doubles, so that only the product rounds */
        int64_t odd = (int64_t)(next_bits(&state) >> 40) * 2 + 1 - (INT64_C(1) << 24);
        double offset = interval.half * ((double)odd * 0x1p-24);
        values[i] = (float)(interval.middle + offset);
    }
}

void initial_zero(const struct weight *weight, float *values)
{
    for (int64_t i = 0; i < weight->count; i++)
        values[i] = weight->role == ROLE_VAR ? 1 : 0;
}
