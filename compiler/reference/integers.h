/* Internal to the evaluator: the layers of quantised networks. A function gets the integers of the inputs and leaves
 * those of the result, all in CHW order. */
#ifndef CNNC_REFERENCE_INTEGERS_H
#define CNNC_REFERENCE_INTEGERS_H

#include "graph.h"

struct integer_tensor {
    struct shape shape;
    const int32_t *numbers;
    double scale; /* a float's number */
    int32_t zero;
};

struct integer_call {
    const struct node *node;
    const struct integer_tensor *in; /* one an input */
    struct integer_tensor out;       /* without numbers */
    int32_t *result;
    int32_t low, high;           /* of the result */
    const double *weight, *bias; /* NULL: none */
    const double *weight_scale;
    int64_t scales; /* how many */
    bool even;      /* ONNX's arithmetic */
};

/* False: the evaluator has no integers for this kind. */
bool integer_layer(const struct integer_call *call);
void integer_softmax(const struct integer_call *call); /* fixed.c */

/* fixed.c: arithmetic of 32 bits, as the format defines it. */
int32_t fixed_high_product(int32_t a, int32_t b); /* SaturatingRoundingDoublingHighMul */
int32_t fixed_divide(int32_t x, int exponent);    /* RoundingDivideByPOT */
int32_t fixed_multiply(int32_t x, double real);   /* MultiplyByQuantizedMultiplier, by QuantizeMultiplier(real) */
int32_t fixed_from_float(float x, double scale, int32_t zero); /* AffineQuantize */
/* ONNX's QuantizeLinear; and its QLinearConv's sum, by input scale * weight scale / output scale in floats. */
int32_t even_from_float(float x, double scale, int32_t zero);
int32_t even_multiply(int32_t sum, double input, double weight, double output);

#endif
