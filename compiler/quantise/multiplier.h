/* Requantisation: a real factor as an integer of 31 bits and a shift, as TensorFlow Lite defines it, and the factors
 * that operations need. Generated code multiplies by them (templates/quantised/rescale.m4); the evaluator has
 * definitions of its own. */
#ifndef CNNC_QUANTISE_MULTIPLIER_H
#define CNNC_QUANTISE_MULTIPLIER_H

#include <stdbool.h>
#include <stdint.h>

/* number * 2^(shift - 31), number from 2^30 to 2^31 - 1; 0 below 2^-32. */
struct multiplier {
    int32_t number;
    int32_t shift;
};
enum { MULTIPLIER_MOST_SHIFT = 30 /* generated code shifts 32 bits that far */ };

struct multiplier multiplier_of(double real);
/* x * number * 2^(shift - 31), rounded twice: as generated code has it where x, shifted to the left, fits 32 bits. */
int32_t multiplier_apply(struct multiplier m, int32_t x);
/* Of the sums of a convolution; of a dense operation where its weights have one scale, whose product is one of floats
 * there. */
double multiplier_linear(float input, float weight, float output, bool dense_with_one_scale);
/* The same as ONNX has them: products and quotients of floats, whose bits are `number'. */
struct multiplier multiplier_even(float input, float weight, float output);
/* Of the product of two tensors. */
double multiplier_product(float a, float b, float output);

/* The two operands of a sum are brought to twice the larger of their scales, SUM_SHIFT bits to the left; then the sum
 * to the result's. */
enum { MULTIPLIER_SUM_SHIFT = 20 };
struct sum_multipliers {
    struct multiplier a, b, result;
};
struct sum_multipliers multiplier_sum(float a, float b, float output);

/* Of the differences in a softmax, into numbers with 5 bits before the point; from which difference on the exponential
 * is 0. */
struct softmax_scaling {
    struct multiplier multiplier;
    int32_t least;
};
struct softmax_scaling multiplier_softmax(float input);

#endif
