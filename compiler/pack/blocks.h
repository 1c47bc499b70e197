/* The forms of packed weights that only vectors have: padded to whole blocks. */
#ifndef CNNC_PACK_BLOCKS_H
#define CNNC_PACK_BLOCKS_H

#include "pack/pack.h"

/* Takes numbers of a type, in this machine's byte order. */
typedef void pack_put(void *context, enum element_type type, const void *values, int64_t count);
/* Puts the weights, then the biases. */
void pack_put_blocks(const struct pack *pack, const struct folded *folded, pack_put *put, void *context);

#endif
