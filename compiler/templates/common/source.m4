m4_dnl The beginning of the C source; kernels follow.
/* @title@ */
#include "@header@"

#include <math.h>
IF(FAST, [<#include <string.h>
>])m4_dnl

#ifdef __cplusplus
#define restrict __restrict
#endif

/* Called after each layer with its number in @name@_model.layers and its result; define it to watch a call. */
#ifndef CNN_PROBE
#define CNN_PROBE(layer, tensor) ((void)(tensor))
#endif

/* What a call asks of its caller; -include assert.h -DCNN_ASSERT=assert has it checked. */
#ifndef CNN_ASSERT
#define CNN_ASSERT(condition) ((void)0)
#endif

