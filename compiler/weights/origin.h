/* Between the files that read weights and those that write them: where the numbers come from. */
#ifndef CNNC_WEIGHTS_ORIGIN_H
#define CNNC_WEIGHTS_ORIGIN_H

#include "base/map.h"
#include "weights/weights.h"

struct store;

enum origin { ORIGIN_FILE, ORIGIN_INITIAL, ORIGIN_HELD, ORIGIN_NAMED };

struct weights {
    enum origin origin;
    struct store *store;   /* FILE */
    struct map found;      /* by weight name: FILE a struct stored, INITIAL a struct node, HELD the floats, NAMED a
                              struct held_tensor */
    enum weight_init init; /* INITIAL */
    uint64_t seed;
    const struct held_tensor *tensors; /* NAMED */
    size_t tensor_count;
};

#endif
