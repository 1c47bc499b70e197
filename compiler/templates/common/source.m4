m4_dnl The beginning of the C source; kernels follow.
/* @title@ */
#include "@header@"

#include <math.h>

#ifdef __cplusplus
#define restrict __restrict
#endif

/* Called after each layer with its number in @name@_model.layers and its result; define it to look on. */
#ifndef CNN_PROBE
#define CNN_PROBE(layer, tensor) ((void)(tensor))
#endif

