m4_dnl The beginning of the C source of training; kernels follow.
/* @title@ */
#include "@header@"

#include <math.h>
#include <string.h>

#ifdef __cplusplus
#define restrict __restrict
#endif

#ifndef CNN_ASSERT
#define CNN_ASSERT(condition) ((void)0)
#endif

m4_include([<train/types.m4>])m4_dnl
