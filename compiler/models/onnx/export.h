/* Between the files that write layers: one rule a kind, which composes b->node of operators. Which kind has
 * which rule is in layers.def and merges.def. */
#ifndef CNNC_ONNX_EXPORT_H
#define CNNC_ONNX_EXPORT_H

#include "build.h"

typedef void export_rule(struct builder *b);

export_rule export_input, export_const, export_output, export_conv, export_deconv, export_fc, export_rbf,
    export_flatten, export_dropout, export_pool, export_global_pool, export_plain, export_clip, export_relu6,
    export_sloped, export_prelu, export_tanh, export_hardsigmoid, export_silu, export_square, export_rsqrt,
    export_power, export_shrink, export_threshold, export_mish, export_gelu, export_softmax, export_bn, export_ln,
    export_in, export_gn, export_lrn, export_scale, export_shuffle, export_upsample, export_pad, export_crop,
    export_slice, export_reduce, export_argmax, export_maxout, export_reshape, export_transpose, export_add,
    export_chained, export_variadic, export_concat, export_compared, export_comparison, export_where;

/* Composes b->node by its rule; false if ONNX cannot say it. */
bool export_layer(struct builder *b);

#endif
