/* What the targets of the weight formats share. */
#ifndef CNNC_FUZZ_WEIGHTS_H
#define CNNC_FUZZ_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

/* A weight file with these bytes: listed, read, and bound to a small network. */
void fuzz_weights(const uint8_t *data, size_t size);

#endif
