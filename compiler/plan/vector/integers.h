/* Integers of 8 bits on targets with vectors. Their tensors have the channels of a pixel side by side, padded to whole
 * INTEGER_BLOCKs of numbers that mean nothing; to the rest of the planner that is a blocked tensor with one block. */
#ifndef CNNC_PLAN_VECTOR_INTEGERS_H
#define CNNC_PLAN_VECTOR_INTEGERS_H

#include "plan/vector/vector.h"

/* Numbers that end the sums of a block: PACK_ENDS and PACK_BOUNDED_ENDS. */
enum { INTEGER_BLOCK = 16, INTEGER_ENDS = 4 * INTEGER_BLOCK, INTEGER_BOUNDED_ENDS = 7 * INTEGER_BLOCK };

/* What kernels know of an instruction set. */
struct integer_set {
    const char *name;
    int bytes;         /* of a vector */
    const char *pairs; /* x86, wasm, plain: how products of pairs are summed up */
    bool wide;         /* there are products of 64 bits */
    int blocks;        /* of filters in a convolution's tile */
    int pixels;        /* of a tile, so that sums, weights and a pair of the input fit into registers */
};
const struct integer_set *integer_set_of(const struct vector_set *set);

/* Channels, padded to whole blocks. */
int64_t integer_channels(int64_t channels);
/* A kernel with the words of every set, and the helper INT. */
struct kernel *integer_kernel(struct planning *v, const char *file, const char *family);
/* The step of a convolution that reads `in`: weights in that form, what ends its sums, scratch memory. */
bool integer_step(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in, struct pack *pack,
                  int64_t filters, int64_t scratch);

bool integer_convolution(struct planning *v, const struct op *op); /* integers_conv.c */
bool integer_dense(struct planning *v, const struct op *op);

#endif
