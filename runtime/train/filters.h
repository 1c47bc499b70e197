/* NAME.filters.svg: what the first layer looks for, before training and after it. */
#ifndef CNN_TRAIN_FILTERS_H
#define CNN_TRAIN_FILTERS_H

#include "base.h"
#include "cnn_train.h"

/* The weights of the first layer that learns, if they can be seen: they belong to pixels of pictures with one or three
 * channels. Else NULL. */
const struct cnn_trainee_tensor *cnn_filters_of(const struct cnn_trainee *trainee);

/* Two rows of filters; `before` and `after` are that tensor's numbers. `after_epochs`: of how many. */
int cnn_filters_write(const struct cnn_trainee *trainee, const float *before, const float *after, int64_t after_epochs,
                      const char *path, struct trouble *t);

#endif
