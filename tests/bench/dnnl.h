/* One convolution in oneDNN, the library under PyTorch: a bound for what a convolution takes. Built without oneDNN's
 * headers (Debian: libdnnl-dev), it answers that there is none. */
#ifndef DNNL_BENCH_H
#define DNNL_BENCH_H

#include <stddef.h>

struct dnnl_bench;

/* `problem`: channels, height and width of the input; filters; height and width of the window; strides; padding above,
 * left, below and right; dilations; groups: 15 numbers separated by commas. NULL: `error` says why.
 * OMP_NUM_THREADS in the environment says how many threads it uses. */
struct dnnl_bench *dnnl_bench_open(const char *problem, char *error, size_t error_size);
/* The convolution alone, on zeros, in whichever layouts oneDNN likes best: tensors are not converted. */
void dnnl_bench_run(struct dnnl_bench *bench);

#endif
