/* Shared by the targets of the weight formats. */
#ifndef CNNC_FUZZ_WEIGHTS_H
#define CNNC_FUZZ_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

/* Lists and reads a weight file with these bytes, and binds it to a small network. */
void fuzz_weights(const uint8_t *data, size_t size);

#endif
