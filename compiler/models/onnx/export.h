/* Between the files that write layers: one rule a kind, which composes b->node of operators. Which kind has
 * which rule is in layers.def and merges.def. */
#ifndef CNNC_ONNX_EXPORT_H
#define CNNC_ONNX_EXPORT_H

#include "build.h"

typedef void export_rule(struct builder *b);

export_rule export_input, export_output, export_conv, export_deconv, export_fc, export_rbf, export_flatten,
    export_dropout, export_pool, export_global_pool, export_plain, export_clip, export_relu6, export_sloped,
    export_prelu, export_tanh, export_hardsigmoid, export_silu, export_mish, export_gelu, export_softmax, export_bn,
    export_ln, export_in, export_gn, export_lrn, export_scale, export_shuffle, export_upsample, export_pad, export_crop,
    export_slice, export_reshape, export_transpose, export_add, export_chained, export_variadic, export_concat;

/* Composes b->node by its rule; false if ONNX cannot say it. */
bool export_layer(struct builder *b);

/* The only input in whichever rank it has; the layer's tensor gets the same. */
const char *export_any_input(struct builder *b);
const char *export_unary(struct builder *b, const char *type, const char *input);
const char *export_with_scalar(struct builder *b, const char *type, const char *input, double value);
/* x times the layer's weight plus its bias, a number a map, as far as it has them. */
void export_affine(struct builder *b, const char *x);

#endif
