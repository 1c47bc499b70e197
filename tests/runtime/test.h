/* Shared by the runtime's test programs: fake networks, and .cnnw files. */
#ifndef TEST_H
#define TEST_H

#include <stdint.h>
#include <stdio.h>

#include "../lib/report.h"
#include "cnn.h"

static inline void check(int right, const char *variant, const char *description)
{
    report(right, "%s: %s", variant, description);
}

enum { FAKE_FLOATS = 1000, FAKE_WEIGHTS = 4096 / 4 * 3 - 64 / 4, FAKE_SCRATCH = 512 };

/* Reads all weights, fills arena and scratch to their last byte; out[i] = in[i] + i * (sum of the weights). */
extern const struct cnn_model fake_model;
/* The weights that go with it; `size` bytes of a whole .cnnw file with them. */
const float *fake_weights(void);
unsigned char *fake_file(size_t *size);
int write_file(const char *path, const void *bytes, size_t size);
/* A child calls act(with) and ends; gives its exit status and what it wrote to standard error (at most `room` bytes),
 * by way of the file `path`. */
int in_child(void (*act)(void *with), void *with, const char *path, char *said, size_t room);

#endif
