/* whiten=yes: what the convolution that reads INPUT begins with. */
#ifndef CNN_TRAIN_WHITEN_H
#define CNN_TRAIN_WHITEN_H

#include "feed.h"

/* Fills in the first filters of a kernel, pairs of a direction and its opposite; `values` are the tensor's own. The
 * directions are those along which windows of the view's pictures vary most, each scaled so that its products with them
 * have a mean square of 1. Depends on the pictures and the recipe's seed alone. */
int cnn_whiten(const struct cnn_trainee *trainee, const struct view *view, enum fitting fitting, float *values,
               struct trouble *t);

#endif
