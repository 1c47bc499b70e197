/* The learning rate of each step, and the average of the weights. */
#ifndef CNN_TRAIN_SCHEDULE_H
#define CNN_TRAIN_SCHEDULE_H

#include "cnn_train.h"

/* What PLATEAU remembers; part of checkpoints. */
struct plateau {
    double best, factor;
    int64_t bad_epochs;
    int64_t seen; /* epochs */
};
#define PLATEAU_BEGIN                                                                                                  \
    {                                                                                                                  \
        0, 1, 0, 0                                                                                                     \
    }

/* The rate of step `step`, from 0, out of `steps`, of which `per_epoch` make an epoch. */
double cnn_schedule_rate(const struct cnn_recipe *recipe, const struct plateau *plateau, int64_t step, int64_t steps,
                         int64_t per_epoch);

/* After an epoch: the validation error, or whatever shall become smaller. */
void cnn_plateau_see(struct plateau *plateau, const struct cnn_recipe *recipe, double value);

/* Scales the gradients if their norm is above `most`, as PyTorch's clip_grad_norm_ does; returns the norm. */
double cnn_clip_gradients(float *gradients, int64_t count, double most);

#endif
