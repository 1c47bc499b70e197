/* An array in NumPy's format: a header that looks like Python, then the numbers. */
#ifndef CNN_TRAIN_NPY_H
#define CNN_TRAIN_NPY_H

#include "data.h"

enum { NPY_AXES = 8 };

struct npy {
    enum number number;
    char type[16]; /* as it is written, for messages */
    int big, rank;
    int64_t shape[NPY_AXES];
    const unsigned char *numbers;
    uint64_t bytes; /* of all numbers */
};

int cnn_npy_read(struct npy *array, const unsigned char *bytes, size_t count, const char *path, const char *name,
                 struct trouble *t);

#endif
