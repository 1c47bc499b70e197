#ifndef CNN_ABI
#define CNN_ABI 2

struct cnn_pool; /* threads that share the work of one call; NULL: the caller alone */

struct cnn_context {
    const void *weights; /* 64-byte aligned; NULL: the embedded ones */
    void *arena;         /* NAME_ARENA_BYTES, 64-byte aligned, one per concurrent call */
    void *scratch;       /* NAME_SCRATCH_BYTES per thread, 64-byte aligned */
    struct cnn_pool *pool;
};

struct cnn_tensor {
    const char *name;
    int32_t height, width, channels;
    int32_t layout; /* 0: chw, 1: hwc */
    int32_t type;   /* 0: float, 1: unsigned char, 2: signed char, 3: int32_t */
    float scale;    /* of types 2 and 3, which mean scale*(number - zero_point); else 0 */
    int32_t zero_point;
};

struct cnn_layer {
    const char *name; /* full name; a fused group carries the name of its last layer */
    const char *kind;
    int32_t height, width, channels; /* of its result */
    int64_t macs;
};

struct cnn_model {
    uint32_t abi; /* CNN_ABI */
    const char *name;
    uint64_t plan_hash; /* of the weights' layout: a .cnnw fits if it carries the same */
    uint64_t weight_bytes, arena_bytes, scratch_bytes;
    const void *weights; /* embedded, or NULL */
    const struct cnn_tensor *inputs, *outputs;
    const struct cnn_layer *layers;
    int32_t input_count, output_count, layer_count;
    void (*run)(const struct cnn_context *context, const void *const inputs[], void *const outputs[]);
};

/* How generated code shares work: calls task(argument, index, count, scratch) for index 0..count-1,
 * each on some thread with that thread's scratch, and returns when all are done. */
typedef void cnn_task(void *argument, int index, int count, void *scratch);
struct cnn_pool {
    void (*run)(struct cnn_pool *pool, cnn_task *task, void *argument, int count);
    int threads;
};
#endif
