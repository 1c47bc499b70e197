m4_dnl The numbers of DROPOUT, the same as those of cnn_random.h and of the evaluator.
#ifndef CNN_RANDOM
#define CNN_RANDOM

static inline uint64_t cnn_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* Number `index' of a stream; streams of other seeds or numbers are unrelated. */
static inline uint64_t cnn_random(uint64_t seed, uint64_t stream, uint64_t index)
{
    const uint64_t key = cnn_mix(cnn_mix(seed + UINT64_C(0x9E3779B97F4A7C15)) + stream);
    return cnn_mix(key + (index + 1) * UINT64_C(0x9E3779B97F4A7C15));
}

/* 0 <= u < 1, in steps of 2^-24: exact as a float. */
static inline float cnn_uniform(uint64_t bits)
{
    return (float)(bits >> 40) * (1.0f / 16777216.0f);
}

#endif

