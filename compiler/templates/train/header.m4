m4_dnl The header that goes with training code.
/* @headertitle@
 *
 * No heap, no I/O, no globals written. A trainer lies in memory of the caller's, aligned to ALIGNMENT bytes:
 *
 *     void *memory = aligned_alloc(ALIGNMENT, @name@_train_bytes(64, 1));
 *     struct @name@_trainer *trainer = @name@_train_begin(memory, 64, NULL);
 *     ... fill @name@_train_parameters(trainer) ...
 *     for (;;)
 *         loss = @name@_train_step(trainer, IMAGE_NAMES, TARGET_NAMES);
 *
 * Parameters are one array, each tensor in PyTorch's layout and at a multiple of 16 numbers:
 *
@parameters@ */
#ifndef CNN_@name@_TRAIN_H
#define CNN_@name@_TRAIN_H

#ifdef @NAME@_PARAMETER_COUNT
#error "two networks' names differ only in case: include their headers in different files, or rename one"
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers of the array of parameters; those trained come first, then running statistics. */
#define @NAME@_PARAMETER_COUNT PARAMETER_COUNT
#define @NAME@_TRAINED_COUNT TRAINED_COUNT

m4_include([<common/abi.m4>])
struct @name@_trainer;

/* Bytes for a trainer of batches of so many images, with so many threads; 0: more than this machine can address. */
size_t @name@_train_bytes(int batch, int threads);

/* Parameters are zeros, normalisations' factors and variances ones. `pool' may be NULL: no threads. What is computed
 * does not depend on the threads. */
struct @name@_trainer *@name@_train_begin(void *memory, int batch, struct cnn_pool *pool);
float *@name@_train_parameters(struct @name@_trainer *trainer);
/* Of the last step, in the same order. */
float *@name@_train_gradients(struct @name@_trainer *trainer);
/* The learning rate from now on; at first RATE. */
void @name@_train_rate(struct @name@_trainer *trainer, float rate);

/* A step of learning from `batch' images; the mean of their losses. */
float @name@_train_step(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS);
/* Its two parts: gradients, for which weights stay as they are, and the change of the weights. */
float @name@_train_gradient(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS);
void @name@_train_update(struct @name@_trainer *trainer);
/* What the network makes of count <= batch images, with running statistics and without dropout, in CHW order. */
void @name@_evaluate(struct @name@_trainer *trainer, LIST_OF_IMAGES, int count, LIST_OF_OUTPUTS);
IF(MIXES, [<m4_dnl
/* The gradient where the loss of image n is shares[n] of that by its target, and the rest of that by `others'. */
float @name@_train_mixed(struct @name@_trainer *trainer, LIST_OF_IMAGES, LIST_OF_TARGETS,
    const int32_t *others, const float *shares);
>])m4_dnl
/* Several trainers of the whole batch's size may learn together: each computes the images `first' to `end' - 1 of
 * every batch, multiples of LANE_COUNT but for the batch's end, and is given the whole batch, of which it reads no
 * others. Its gradients and loss are its share of the sums over all trainers; before @name@_train_update, the sums
 * take their place. A normalisation over the batch calls `meet' for `count' numbers of each group of LANE_COUNT
 * images, `step' floats apart: those of its own groups are known, and `meet' fills in the others'. It may be NULL
 * where there is none. */
void @name@_train_part(struct @name@_trainer *trainer, int first, int end,
    void (*meet)(void *context, float *numbers, int count, long step, int groups), void *context);
/* What the optimiser remembers, and the number of the step: with the parameters, all that a checkpoint needs. */
void *@name@_train_state(struct @name@_trainer *trainer, size_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
