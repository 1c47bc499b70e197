/* What a quantised network's tensors say of its layers: which of them compute in integers, and what the integers
 * between them mean. Both lowering and the evaluator go by this; how anything is computed is theirs.
 *
 * The tensors, by the names of layers: for a layer with weights the name that its weights have, for others its full
 * name in the network ("add1"):
 *
 *   L.weight             I8   PyTorch's layout, zero point 0
 *   L.weight_scale       F32  one a filter, or one for all
 *   L.bias               I32  in units of input scale * weight scale; absent: zeros
 *   L.output_scale       F32  of the result, where it is s8 with a scale of its own
 *   L.output_zero_point  I8   beside each output_scale
 *   rounding             I8   of the whole network: 0, as if absent, TensorFlow Lite's arithmetic; 1, ONNX's
 *
 * A RELU, RELU6 or CLIP behind a layer that computes in integers and has no output_scale is the bounds of that layer's
 * result, whose scale it has. A BN or SCALE without tensors behind such a layer was folded into its weights. Moves and
 * pools without output_scale keep their input's. Everything else computes in floats, and its result becomes s8 if it
 * has an output_scale.
 *
 * In ONNX's arithmetic a sum of products becomes a float, is multiplied by one, and goes to the nearest integer, halves
 * to the even one. What ONNX has no integers for is computed in floats from what its integers mean: sums, differences,
 * products, means over windows, softmax. */
#ifndef CNNC_QUANTISE_TYPES_H
#define CNNC_QUANTISE_TYPES_H

#include "graph.h"

struct diag;
struct weights;

enum computes {
    COMPUTES_FLOATS,
    COMPUTES_INTEGERS, /* from s8 to s8 */
    COMPUTES_BOUNDS,   /* a RELU, RELU6 or CLIP that `source' computes with its own result */
    COMPUTES_NOTHING   /* its result is that of `source' */
};

/* Integers that mean scale*(integer - zero), and whether halves between two of them go to the even one (ONNX) or away
 * from zero (TensorFlow Lite). */
struct meaning {
    float scale;
    int32_t zero;
    bool even;
};

struct node_type {
    enum computes computes;
    bool integers;             /* its result is s8 */
    struct meaning meaning;    /* of its result */
    int32_t low, high;         /* bounds of its result */
    const struct node *source; /* BOUNDS, NOTHING: never one of these itself */
    const struct node *bounds; /* INTEGERS: the node of COMPUTES_BOUNDS whose result is this one's; or NULL */
    const char *label;         /* L above */
    double most_weight;        /* with weights: the largest sum of a filter's, signs left out */
    bool stated;               /* L.output_scale and L.output_zero_point are there: */
    struct meaning stated_meaning;
};

struct types {
    const struct graph *graph;
    const struct weights *weights;
    const char *path;        /* of the weights, for messages; or NULL */
    bool even;               /* ONNX's arithmetic, not TensorFlow Lite's */
    struct node_type *nodes; /* by node id */
};

/* Are any of the network's weights integers, or has a layer's result a scale? */
bool types_are_quantised(const struct weights *weights);
/* NULL after reporting tensors that are missing, superfluous or make no sense. */
struct types *types_find(struct arena *arena, struct diag *diag, const struct graph *graph,
                         const struct weights *weights, const char *path);

/* Does the network take and give s8? It does if its inputs are of that type; then results that are s8 stay so. */
bool types_end_in_integers(const struct types *types);

bool meaning_equal(struct meaning a, struct meaning b);
/* The integer nearest to x/scale + zero within -128..127, as float arithmetic finds it; NaN becomes -128. */
int32_t meaning_round(struct meaning meaning, float x);
/* "conv1" for weights of that name, else the layer's full name. */
const char *type_label(struct arena *arena, const struct node *node);
/* Does the layer only move numbers, or choose among them? */
bool type_keeps_meaning(const struct node *node);
bool type_is_bounds(enum layer_kind kind);
bool type_is_linear(enum layer_kind kind);
/* Where the tensor of the weights has number i of a filter's `row'. */
int64_t type_weight_index(const struct node *node, int64_t filter, int64_t i, int64_t row);
/* Does the layer fold into the weights before it? */
bool type_is_affine(enum layer_kind kind);
/* Has it a function that a table of 256 numbers can hold? */
bool type_has_table(const struct node *node);
/* The tensor L.suffix of a layer; or NULL. */
const struct named_tensor *type_tensor(struct arena *arena, const struct types *types, const struct node *node,
                                       const char *suffix);

#endif
