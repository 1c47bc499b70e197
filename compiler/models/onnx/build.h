/* Composing an ONNX graph: operators, constants and initializers, one layer at a time. A layer's
 * rule calls onnx_op for each operator it takes; the last one gets the layer's name, and its result
 * the name of the layer's tensor. */
#ifndef CNNC_ONNX_BUILD_H
#define CNNC_ONNX_BUILD_H

#include "base/map.h"
#include "base/text.h"
#include "graph.h"

struct diag;
struct types;
struct weights;

struct initializer {
    const char *name;
    const struct weight *weight; /* of floats; or NULL: */
    int type;
    const unsigned char *bytes; /* as they stand in the file */
    int64_t length;
    int rank;
    int64_t dims[5];
};

struct onnx_operator {
    const char *type, *output;
    const char *const *inputs;
    size_t input_count;
    struct text attributes;
};

struct builder {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    const struct types *types; /* of a network of integers; or NULL */
    const char **tensors;      /* the name of each node's tensor, by node id */
    int *ranks;                /* 4: 1 x C x H x W; 2: 1 x C */
    struct text nodes;         /* finished NodeProtos */
    struct VEC(struct initializer) initializers;
    struct map stored;                          /* their names */
    const struct node *node;                    /* whose rule is at work */
    const char *type;                           /* the operator of its row in layers.def, or NULL */
    struct VEC(struct onnx_operator) operators; /* of that layer so far */
    int constant_count;                         /* of that layer so far */
};

struct attributes { /* of the operator that comes next */
    struct text text;
};
struct attributes onnx_attributes(struct builder *b);
void attribute_int(struct attributes *a, const char *name, int64_t value);
void attribute_ints(struct attributes *a, const char *name, const int64_t *values, size_t count);
void attribute_float(struct attributes *a, const char *name, double value);
void attribute_string(struct attributes *a, const char *name, const char *value);

/* Adds an operator and returns the name of its result; inputs end in NULL, "" leaves one out. */
const char *onnx_op(struct builder *b, const char *type, const struct attributes *attributes, ...);
const char *onnx_op_list(struct builder *b, const char *type, const struct attributes *attributes,
                         const char *const inputs[], size_t count);

/* Constants: tensors that belong to the network's text, not to its training. */
const char *onnx_scalar(struct builder *b, double value);
const char *onnx_floats(struct builder *b, const double *values, const int64_t *dims, int rank);
const char *onnx_filled(struct builder *b, double value, int64_t count);
const char *onnx_ints(struct builder *b, const int64_t *values, size_t count);

/* A weight of the layer at work, with its own dimensions or, with rank > 0, others of the same size. */
const char *onnx_weight(struct builder *b, enum weight_role role, const int64_t *dims, int rank);
const char *onnx_weight_per_map(struct builder *b, enum weight_role role); /* [C, 1, 1] or [1] */

/* export_quantised.c: does the layer at work compute in integers, which its weights and its bias then are; was it
 * folded into the weights before it; is its result quantised? */
bool onnx_computes_integers(const struct builder *b);
bool onnx_is_folded(const struct builder *b);
/* Has each scale of the weights of a layer with integers a place on an axis of their tensor? */
bool onnx_scales_have_axis(struct builder *b);
bool onnx_becomes_integers(const struct builder *b);
const char *onnx_integer_weight(struct builder *b, enum weight_role role); /* NULL: it has no bias */
/* What the layer's result, or what the caller's integers, become; and the integers for the caller. */
void onnx_quantise(struct builder *b, const char *x);
const char *onnx_from_integers(struct builder *b, const char *x);
const char *onnx_to_integers(struct builder *b, const char *x);

/* The i-th input of the layer at work as 1 x C x H x W, or as 1 x C. */
const char *onnx_input4(struct builder *b, size_t i);
const char *onnx_input2(struct builder *b, size_t i);
const char *onnx_reshape(struct builder *b, const char *tensor, const int64_t *dims, size_t count);
const char *onnx_transpose(struct builder *b, const char *tensor, const int64_t *axes, size_t count);

/* The layer's only input in whichever rank it has; the layer's tensor gets the same. */
const char *onnx_any_input(struct builder *b);
const char *onnx_unary(struct builder *b, const char *type, const char *input);
const char *onnx_cast(struct builder *b, const char *input, int type); /* of fields.h */
const char *onnx_with_scalar(struct builder *b, const char *type, const char *input, double value);
/* x times the layer's weight plus its bias, a number a map, as far as it has them. */
void onnx_affine(struct builder *b, const char *x);

#endif
