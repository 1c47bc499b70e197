/* Pictures are changed a little each time they are seen. */
#ifndef CNN_TRAIN_AUGMENT_H
#define CNN_TRAIN_AUGMENT_H

#include "cnn_train.h"

/* What random numbers are for: part of their key, so that no two uses share any. */
enum purpose { PURPOSE_ORDER = 1, PURPOSE_HOLD_OUT, PURPOSE_AUGMENT, PURPOSE_MIXUP, PURPOSE_WHITEN };

/* The key of a picture's numbers in an epoch. */
uint64_t cnn_random_key(uint64_t seed, int64_t epoch, enum purpose purpose, int64_t index);

/* Applies the recipe's augmentations but MIXUP, in their order, to [channels][height][width] floats. The result is in
 * *planes, which may be swapped with *spare. bytes: numbers stay within 0 to 255. */
void cnn_augment(const struct cnn_recipe *recipe, uint64_t key, int32_t channels, int32_t height, int32_t width,
                 int bytes, float **planes, float **spare);

/* Beta(alpha, alpha), for MIXUP. */
double cnn_random_beta(uint64_t key, double alpha);
/* Of the standard normal distribution; uses numbers 2*index and 2*index + 1 of the stream. */
double cnn_random_normal(uint64_t key, uint64_t stream, uint64_t index);

#endif
