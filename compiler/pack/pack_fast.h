/* The forms of packed weights that only the fast targets have. */
#ifndef CNNC_PACK_PACK_FAST_H
#define CNNC_PACK_PACK_FAST_H

#include "pack/pack.h"

typedef void pack_put(void *context, const float *values, int64_t count);
/* Puts the weights, then the biases; false if memory runs out. */
bool pack_fast_put(const struct pack *pack, const struct folded *folded, pack_put *put, void *context);

#endif
