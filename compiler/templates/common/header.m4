m4_dnl The header that goes with the C: sizes, the ABI between generated code and its callers, functions.
/* @headertitle@
 *
 * No heap, no I/O, no globals written: reentrant, with one context per concurrent call; weights are
 * shared. An input or output is a dense array of numbers in the layout that @name@_model names.
 * Inputs, outputs, arena and weights do not overlap. */
#ifndef CNN_@name@_H
#define CNN_@name@_H

#ifdef @NAME@_ARENA_BYTES
#error "two networks' names differ only in case: include their headers in different files, or rename one"
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

SIZES
/* The caller's memory, ALIGNMENT-byte aligned: an arena for each concurrent call, scratch for each thread. */
#define @NAME@_ARENA_BYTES ARENA_BYTES
#define @NAME@_SCRATCH_BYTES SCRATCH_BYTES
#define @NAME@_WEIGHT_BYTES WEIGHT_BYTES

m4_include([<common/abi.m4>])
extern const struct cnn_model @name@_model;

IF(SINGLE, [<void @name@_run(const struct cnn_context *context, const IN_C_TYPE *input, OUT_C_TYPE *output);
IF(BYTES, [</* The input is bytes: call @name@_run with (const float *)(const void *)image, or @name@_run_many. */
>])>])m4_dnl
void @name@_run_many(const struct cnn_context *context, const void *const inputs[], void *const outputs[]);

#ifdef __cplusplus
}
#endif

#endif
