/* The forms of packed weights that quantised networks have. */
#ifndef CNNC_PACK_INTEGERS_H
#define CNNC_PACK_INTEGERS_H

#include "pack/blocks.h"

/* False: a tensor cannot be read. */
bool pack_put_integers(const struct plan *plan, const struct pack *pack, pack_put *put, void *context);

#endif
