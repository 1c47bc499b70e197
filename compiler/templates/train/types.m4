m4_dnl What kernels of training share in the C source: the trainer, the work of a call, and a group's place in it.
IF(DROPS, [<m4_include([<train/random.m4>])>])m4_dnl
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
    int first, end;    /* the groups that this trainer computes in a step: all, unless others have a part */
    float rate;
    struct @name@_state *state;
    float *parameters, *gradients, *moments, *losses;
    IF(CONSTANT_COUNT, [<float *constants; /* weights that the text of the network gives */>])
    float *norms, *sums; /* of normalisations: of the batch, and of each group */
    float *shares;       /* of the gradients: one array a shard */
    unsigned char *blocks, *local; /* tensors: of each group, and of each worker in one phase */
    void (*meet)(void *context, float *numbers, int count, long step, int groups); /* NULL: it is alone */
    void *context;
};

struct @name@_work;

/* A group of images, and where its numbers lie. */
struct @name@_place {
    int image, count; /* the first one, and how many there are */
    int fresh;        /* the first of its shard, whose gradients are written and not added to */
    IF(SPLITS, [<int step, part, parts; /* which one of the phase, and of that which part */>])
    float *sums, *gradients;
    unsigned char *block, *local;
};

/* What one call works on. */
struct @name@_work {
    const struct @name@_trainer *trainer;
    const void *images[INPUTS], *targets[OUTPUTS];
    const int32_t *others; /* MIXUP: see @name@_train_mixed */
    const float *shares;
    float *outputs[OUTPUTS];
    int count, training;
    IF(SPLITS, [<int steps;                /* of the phase */
    struct @name@_place at;   /* of the only group, where threads share its steps */>])
    void (*phase)(const struct @name@_work *work, const struct @name@_place *at);
    IF(SEES, [<int *beyond; /* the first result that is not finite, if the driver asks: see SEE */>])
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

