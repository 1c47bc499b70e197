/* Inside weights/: stored numbers as floats. */
#ifndef CNNC_WEIGHTS_NUMBERS_H
#define CNNC_WEIGHTS_NUMBERS_H

#include "weights/stored.h"

/* Raw numbers in the order of the file. */
typedef bool number_source(void *state, unsigned char *bytes, size_t length);
/* Pulls the numbers from `source`, converts them and puts them into C order. */
bool numbers_read(const struct stored *stored, number_source *source, void *state, float *values);

#endif
