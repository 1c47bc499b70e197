/* The network as a list of operations over values. An operation is what a kernel computes: one formula of ops.def,
 * with what optimise/ fused into it; a value is a tensor that exists at run time. Layouts, memory and kernels
 * belong to the plan (plan/plan.h); nothing here depends on the target.
 *
 *     CONV -> BN -> RELU          one CONVOLUTION: folded = {BN}, activation = RELU
 *     ADD{CONV -> BN | x} -> RELU one CONVOLUTION: folded = {BN}, residual = x, activation = RELU */
#ifndef CNNC_LOWER_OPS_H
#define CNNC_LOWER_OPS_H

#include "graph.h"
#include "lower/functions.h"

enum op_kind {
#define OP(kind, word, traits) OP_##kind,
#include "lower/ops.def"
#undef OP
    OP_COUNT
};

enum { OP_LINEAR = 1 };

struct op_info {
    const char *word;
    unsigned traits;
};
extern const struct op_info op_table[OP_COUNT];

struct op;

/* Integers that represent real numbers: scale*(integer - zero). One scale and zero for all, or one a channel. */
struct quantisation {
    int64_t count;
    const float *scale;
    const int32_t *zero;
    bool even; /* halves between two integers go to the even one, not away from zero */
};

struct value {
    int id;                  /* index in op_list.values */
    const struct node *node; /* whose result it is: the last layer of its operation */
    enum element_type type;
    int64_t batch;                           /* images */
    struct shape shape;                      /* of each image */
    const struct quantisation *quantisation; /* NULL: the numbers are the values */
    struct op *producer;
    struct VEC(struct op *) readers; /* one entry a use, in the order of the operations */
};

/* ---- what the kinds need beyond the shapes of their operands ---- */

struct window {
    struct pair size, stride, dilation;
    struct padding pad;
};

/* What an operation takes of its layer's weights, which have `window' taps of `channels' maps; without, if window.h is
 * 0, all of them. */
struct part {
    struct pair window, first_tap;
    int64_t channels, first_channel; /* of a group */
};

struct pooling {
    enum pool_kind kind;
    bool whole;     /* one window that is the whole map; `window` does not matter then */
    bool adaptive;  /* windows from floor(i*H/out) to ceil((i+1)*H/out); `window` does not matter then */
    bool count_pad; /* a mean counts padding as pixels */
    bool affine;    /* times a coefficient, plus a bias a map */
};

enum binary_kind {
    BINARY_ADD,
    BINARY_MUL,
    BINARY_MAX,
    BINARY_SUB,
    BINARY_MIN,
    BINARY_DIV,
    BINARY_POW,
    BINARY_LESS,
    BINARY_GREATER,
    BINARY_EQUAL,
    BINARY_WHERE, /* of three operands */
    BINARY_KEEP,  /* of training only, the parts of a WHERE: the first where the second is not 0, else 0 */
    BINARY_DROP,  /* and the first where the second is 0 */
    BINARY_COUNT
};
const char *binary_word(enum binary_kind kind); /* "add" */
bool binary_compares(enum binary_kind kind);    /* 1 or 0 */

/* (x - mean)/sqrt(variance + epsilon) over groups of numbers, then w*x + b where the layer has weights. */
enum norm_over { NORM_IMAGE, NORM_GROUPS, NORM_MAPS, NORM_PIXEL }; /* all numbers, maps in groups, a map, a pixel */
struct normalisation {
    enum norm_over over;
    double epsilon;
};

/* x/(k + alpha/size * sum of squares)^beta over `size` neighbouring channels */
struct local_normalisation {
    int64_t size;
    double alpha, beta, k;
};

/* `c' x `h' x `w' neighbours become one number. */
struct reduction {
    enum reducing kind;
    int64_t c, h, w;
};

struct resizing {
    struct pair factor;
    enum upsample_mode mode;
    bool align; /* bilinear: the corner pixels' centres fall together */
};

struct op {
    int id; /* index in op_list.ops */
    enum op_kind kind;
    const struct node *node;               /* the layer whose formula it is: for names, places and weights */
    struct VEC(struct value *) inputs;     /* without the residual */
    struct value *output;                  /* NULL for OUTPUT */
    struct shape map;                      /* of the formula's own result; `output` is smaller where a pool follows */
    struct VEC(const struct node *) nodes; /* every layer in it, `node` first, in the order of computation */
    struct VEC(const struct op *) folded;  /* AFFINE operations that are folded into the weights, in order */
    const struct op *scaled;               /* the INPUT whose scale is folded into the weights, or NULL */
    /* Then: result = pool(activation(before(formula + bias) + residual)); each part may be missing. */
    const struct function *before, *activation;
    struct value *residual;
    const struct op *pooled; /* the POOL that a target's planner made a part of it; no pass does */
    bool removed;            /* while passes run */

    /* By kind; fields that a kind does not use are zero. */
    int index;                      /* INPUT OUTPUT: which of the network's */
    enum layout layout;             /* INPUT OUTPUT: of the caller's numbers */
    enum element_type caller_type;  /* INPUT OUTPUT: of the caller's numbers */
    const double *mean, *scale;     /* INPUT: one a channel, or NULL */
    bool scale_folded;              /* INPUT: its readers have the scale in their weights */
    struct window window;           /* CONVOLUTION TRANSPOSED POOL */
    struct part part;               /* CONVOLUTION: of the layer's weights, whose taps `window' has */
    int64_t groups;                 /* CONVOLUTION TRANSPOSED NORMALISE SHUFFLE; DENSE: 1 */
    bool bias;                      /* CONVOLUTION TRANSPOSED DENSE: the layer has one of its own */
    const struct matrix *connect;   /* CONVOLUTION: which inputs each filter sees, or NULL */
    struct pooling pool;            /* POOL */
    struct function function;       /* UNARY; BINARY: what a mean does to the sum */
    double epsilon;                 /* AFFINE: of a BN, which is added to the variance */
    enum binary_kind binary;        /* BINARY */
    struct normalisation norm;      /* NORMALISE */
    struct local_normalisation lrn; /* LRN */
    bool logarithm;                 /* SOFTMAX */
    struct reduction reduction;     /* REDUCE */
    struct place3 {
        int64_t c, y, x;
    } origin;               /* SLICE: where the result begins in the input. PAD: where the input begins in the result */
    double padding;         /* PAD: the value around it */
    enum axis axes[3];      /* TRANSPOSE CONST: where the result's h, w, c come from */
    bool reshaped;          /* CONST: the numbers, in CHW order by `axes', are read as another shape */
    struct resizing resize; /* UPSAMPLE */
    double rate;            /* DROPOUT */
    int32_t low, high;      /* of s8 results: their bounds */
    bool mean_rescaled;     /* POOL of s8: a mean whose sum is brought to the result's scale before it is divided */
    const struct op *of;    /* STATISTICS GRADIENT WEIGHT_GRADIENT */
    size_t operand;         /* GRADIENT: of which operand of `of` */
};

struct op_list {
    struct arena *arena;
    const struct graph *graph;
    struct VEC(struct op *) ops; /* in the order in which they run; outputs last */
    struct VEC(struct value *) values;
};

/* lower.c: the operation of each layer, nothing fused. */
struct op_list *lower(struct arena *arena, const struct graph *graph);
/* The same with what only training computes: DROPOUT. */
struct op_list *lower_for_training(struct arena *arena, const struct graph *graph);

/* ops.c: editing lists. */
struct op *op_list_add(struct op_list *list, enum op_kind kind, const struct node *node);
void op_list_add_input(struct op_list *list, struct op *op, struct value *value);
struct value *op_list_add_output(struct op_list *list, struct op *op);
/* Readers of `from` read `to` instead. */
void op_list_replace(struct op_list *list, struct value *from, struct value *to);
/* Drops what is marked removed and numbers the rest. */
void op_list_compact(struct op_list *list);

bool op_is_linear(const struct op *op);
/* Does it compute in integers, or convert to or from them? What kernels and passes of floats leave alone. */
bool op_is_quantised(const struct op *op);
/* How many weights it takes of its layer's, biases left out. */
int64_t op_weight_count(const struct op *op);
/* Does the operation add a bias, its own or one that was folded in? */
bool op_has_bias(const struct op *op);
/* The functions with slopes that it ends in, in the order in which they are applied: at most two; how many. */
int op_sloped(const struct op *op, const struct function *functions[2]);
const char *reducing_word(enum reducing kind); /* "logsumexp" */
/* As many groups as channels come in. */
bool op_is_depthwise(const struct op *op);
/* Multiply-accumulates of all its layers. */
int64_t op_macs(const struct op *op);
bool padding_is_zero(struct padding padding);
/* One line an operation, for --trace=optimise. */
struct text;
void op_list_print(const struct op_list *list, struct text *out);

#endif
