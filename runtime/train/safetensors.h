/* Weights as .safetensors, under the names of the trainee's tensors. */
#ifndef CNN_TRAIN_SAFETENSORS_H
#define CNN_TRAIN_SAFETENSORS_H

#include "base.h"
#include "cnn_train.h"

int cnn_safetensors_write(const struct cnn_trainee *trainee, const float *parameters, const char *path,
                          struct trouble *t);

/* Fills in what the file has; found[i] says whether tensor i was there. *extra: tensors of the file that the network
 * has not (without PyTorch's num_batches_tracked); *an_extra: the name of one, to be freed, or NULL. */
int cnn_safetensors_read(const struct cnn_trainee *trainee, float *parameters, const char *path, unsigned char *found,
                         int64_t *extra, char **an_extra, struct trouble *t);

#endif
