/* A network that learns, for harness.c: the functions of its header, whatever they take. */
#ifndef TRAINING_HARNESS_H
#define TRAINING_HARNESS_H

#include <stddef.h>
#include <stdint.h>

struct cnn_pool;

struct network {
    size_t (*bytes)(int batch, int threads);
    void *(*begin)(void *memory, int batch, struct cnn_pool *pool);
    float *(*parameters)(void *trainer);
    float *(*gradients)(void *trainer);
    float (*step)(void *trainer, void *const *images, void *const *targets);
    /* With the targets `others` and the images' shares: NULL where the network has no such function. */
    float (*mixed)(void *trainer, void *const *images, void *const *targets, const int32_t *others,
                   const float *shares);
    void (*evaluate)(void *trainer, void *const *images, int count, float *const *outputs);
    float (*gradient)(void *trainer, void *const *images, void *const *targets);
    void (*part)(void *trainer, int first, int end,
                 void (*meet)(void *context, float *numbers, int count, long step, int groups), void *context);
};

extern const struct network networks[];
extern const int network_count;

#endif
