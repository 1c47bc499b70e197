/* Weights of a quantised network side by side, for processors that multiply pairs of 16 bits. */
#ifndef CNNC_PACK_INTERLEAVED_H
#define CNNC_PACK_INTERLEAVED_H

#include "pack/blocks.h"
#include "quantise/linear.h"

bool pack_is_interleaved(enum pack_form form);
void put_interleaved(const struct linear *l, const struct pack *pack, pack_put *put, void *context);
/* PACK_FILTERS; `bounds': its B. */
void put_filters(const struct linear *l, enum bounds bounds, pack_put *put, void *context);

#endif
