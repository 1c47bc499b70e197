/* The parameters that training begins with. */
#ifndef CNN_TRAIN_INITIAL_H
#define CNN_TRAIN_INITIAL_H

#include "cnn_train.h"

/* A tensor's numbers depend only on the recipe's seed and the tensor's name and shape. `values`: the tensor's own. */
void cnn_initial_values(const struct cnn_recipe *recipe, const struct cnn_trainee_tensor *tensor, float *values);

#endif
