/* Inside weights/: where the numbers of a network come from. */
#ifndef CNNC_WEIGHTS_ORIGIN_H
#define CNNC_WEIGHTS_ORIGIN_H

#include "base/map.h"
#include "weights/store.h"
#include "weights/weights.h"

enum origin { ORIGIN_FILE, ORIGIN_INITIAL, ORIGIN_HELD, ORIGIN_CHANGED, ORIGIN_OVERLAID };

struct weights {
    enum origin origin;
    struct store *store; /* FILE */
    struct map found;    /* by weight name: FILE a struct stored, INITIAL a struct node, HELD and OVERLAID the floats */
    enum weight_init init; /* INITIAL */
    uint64_t seed;
    const struct weights *before; /* CHANGED, OVERLAID; NULL: literals only */
    weights_change *change;
    void *context;
    /* Of a quantised network, all tensors; entry i is the file's tensor i, or held[i]. */
    struct VEC(struct named_tensor) named;
    struct map by_name;
    const struct held_tensor *held;
};

#endif
