m4_dnl What kernels of training share in the C source: the trainer, the work of a call, and a group's place in it.
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

/* What the optimiser remembers; its numbers for each weight follow. */
struct @name@_state {
    uint64_t step; /* how many were taken */
    uint64_t unused[7];
};

struct @name@_trainer {
    struct cnn_pool *pool;
    int batch, groups; /* of LANE_COUNT images; the last one may have fewer */
    int shards;        /* arrays of gradients, each of several groups */
    int workers;       /* that share the groups of a phase */
    float rate;
    struct @name@_state *state;
    float *parameters, *gradients, *moments, *losses;
    float *norms, *sums; /* of normalisations: of the batch, and of each group */
    float *shares;       /* of the gradients: one array a shard */
    unsigned char *blocks;
};

struct @name@_place;

/* What one call works on. */
struct @name@_work {
    const struct @name@_trainer *trainer;
    const void *images[INPUTS], *targets[OUTPUTS];
    const int32_t *others; /* MIXUP: see @name@_train_mixed */
    const float *shares;
    float *outputs[OUTPUTS];
    int count, training;
    void (*phase)(const struct @name@_work *work, const struct @name@_place *at);
};

/* A group of images, and where its numbers lie. */
struct @name@_place {
    int image, count; /* the first one, and how many there are */
    int fresh;        /* the first of its shard, whose gradients are written and not added to */
    float *sums, *gradients;
    unsigned char *block;
};

/* How many images of the batch a group has. */
#ifdef __GNUC__
__attribute__((unused))
#endif
static inline int @name@_images(const struct @name@_trainer *trainer, int group)
{
    const int rest = trainer->batch - LANE_COUNT * group;
    return rest < LANE_COUNT ? rest : LANE_COUNT;
}

