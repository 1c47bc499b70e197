/* How a network runs on a target: which kernel computes each operation, how each tensor is laid out, where it lies in
 * the arena, and where the packed weights lie. Made from a list of operations; emit/ writes it as C, pack/ writes its
 * weights, verify and the reports read it.
 *
 * A target's planner (plan/portable, plan/vector) adds steps for each operation and describes kernels as data, with
 * the helpers of plan/build.h. What follows is the same for all: copies that only move a tensor into a larger one
 * (CONCAT, SLICE, OUTPUT) vanish where the memory can be shared (alias.c), operations run in place, buffers get offsets
 * by liveness (memory.c), weights get offsets and the plan its hash (packs.c). */
#ifndef CNNC_PLAN_PLAN_H
#define CNNC_PLAN_PLAN_H

#include "lower/ops.h"
#include "plan/layout.h"
#include "plan/target.h"
#include "plan/tuning.h"

struct thinned;
struct types;

struct plan_options {
    const struct target *target;
    const struct types *types;     /* of a quantised network; NULL: it computes in floats */
    const struct thinned *thinned; /* the graph is one without channels that cannot vary; NULL: it is as written */
    enum element_type store;       /* of weights: F32, or F16, whatever they are multiplied as */
    bool winograd;
    bool separate;               /* every layer has a result of its own */
    bool separate_pools;         /* no convolution finds the maxima of the pool after it */
    const struct tuning *tuning; /* NULL: the model of cost chooses */
    int batch;                   /* images of a call; 0 or 1: one */
    int turn;   /* while that is measured: 1 for the first way of each operation, 2 for the second; else 0 */
    int stress; /* for tests; 0: choices go by cost. Else all that can be chosen is, in turn, and threads share all that
                   they can, so that small networks reach every kernel */
};

/* ---- tensors and memory ---- */

enum place {
    PLACE_ARENA,
    PLACE_INPUT,
    PLACE_OUTPUT,
    PLACE_WEIGHTS /* among the packed weights, where kernels only read */
};

struct buffer {
    int id; /* index in plan.buffers */
    enum place place;
    int index;       /* of the caller's input or output */
    int64_t bytes;   /* a multiple of PLAN_ALIGNMENT */
    int first, last; /* the steps between which it is in use, both included */
    int64_t offset;  /* in the arena; or in a thread's own memory: */
    bool own;        /* of a batch: it holds one image, and each thread has one */
    int64_t image;   /* of a batch, and not `own': bytes from one image to the next */
};

/* A value as it is stored; a value may be stored in several forms. */
struct tensor {
    int id; /* index in plan.tensors */
    const struct value *value;
    const char *name; /* for the reader of the C: of the layer, made unique and an identifier by emit */
    struct shape shape;
    struct tensor_layout layout;
    struct tensor *whole;  /* NULL, unless plan_part made it as a part of this one */
    int64_t whole_offset;  /* bytes */
    struct tensor *parent; /* it lies within this one, `offset` bytes from its start; NULL: in a buffer of its own */
    int64_t offset;
    enum place place; /* of a tensor without parent */
    int index;
    const struct pack *pack;    /* of a tensor among the weights */
    struct buffer *buffer;      /* of the outermost parent */
    int first_write, last_read; /* steps; -1 if there is none */
};

/* The tensor with a buffer of its own that this one lies in; `offset`, unless NULL: how many bytes into it. */
struct tensor *tensor_root(const struct tensor *tensor, int64_t *offset);

/* Is it one of the caller's? */
static inline bool plan_is_callers(const struct tensor *tensor)
{
    return tensor->place == PLACE_INPUT || tensor->place == PLACE_OUTPUT;
}

/* ---- kernels ---- */

enum param_type { PARAM_NUMBER, PARAM_REAL, PARAM_WORD, PARAM_KERNEL };

/* What m4 puts in place of an upper-case word of the template. */
struct param {
    const char *name;
    enum param_type type;
    const struct vector_set *set; /* NULL: for all of the target's */
    int64_t number;
    double real;                 /* written as a float constant */
    const char *word;            /* from cnnc's own tables: lower-case letters, digits, '_', blanks in types */
    const struct kernel *kernel; /* the function's name */
};

/* How exact a kernel's sums are, for --verify. */
enum exactness {
    EXACTNESS_SUMS,       /* as plain sums of products */
    EXACTNESS_TRANSFORMED /* sums of numbers larger than the result, as Winograd's algorithm makes them */
};

struct kernel {
    struct arena *arena;
    int id;
    const char *file;   /* the template, "portable/conv.m4" */
    const char *family; /* the function is NETWORK_family_number: "conv" */
    int number;         /* from 1 in its family; 0: the only one */
    struct VEC(struct param) params;
    bool per_set; /* written once for each instruction set of the target, with LANES, ISA and TARGET defined */
    bool shared;  /* it takes the context first and hands its parts to the context's threads */
    bool helper;  /* a function that kernels call (an activation), emitted before them */
    enum exactness exactness;
    const char *label; /* of the widest set's register tile, for people; NULL: none */
};

enum argument_kind { ARGUMENT_TENSOR, ARGUMENT_WEIGHTS };

struct argument {
    enum argument_kind kind;
    struct tensor *tensor;
    struct pack *pack;
    bool written;
};

/* ---- steps: the calls of NAME_run_many, in order ---- */

struct step {
    int id;              /* index in plan.steps */
    const struct op *op; /* which it helps to compute */
    struct kernel *kernel;
    struct VEC(struct argument) arguments;
    bool final;        /* the operation's result is complete after it: comment, probe, layer table */
    bool movable;      /* a copy that is not needed if both tensors can share memory; `kernel` then stays unused */
    uint32_t in_place; /* bit i: the result may take over the memory of argument i */
    int64_t scratch;   /* bytes of scratch that the kernel needs */
    bool batched;      /* one call takes all images of the batch; else it is called for each */
    bool plain;        /* it computes in plain C, though the target has vectors */
    const char *why;   /* why this kernel; NULL: there was no choice */
};

/* ---- packed weights ---- */

enum pack_form {
    PACK_ROWS,     /* a linear operation's K rows as they are in PyTorch, folded; then K biases if there are any */
    PACK_AFFINE,   /* BN, SCALE, affine pools: one factor, then one summand a channel, each padded to whole blocks */
    PACK_INPUT,    /* an INPUT's mean, then its scale, one each a channel */
    PACK_CHANNELS, /* one number a channel, a single one repeated, padded to whole blocks: PRELU */
    PACK_TENSOR,   /* weight tensors as they are, one after the other: RBF LN IN GN */
    /* Of a quantised network (pack/integers.c): */
    PACK_INTEGERS,       /* a linear operation's K rows of s8 as they are in PyTorch */
    PACK_FACTORS,        /* for each of its filters what its sum begins with, then each one's multiplier and shift */
    PACK_QUADS,          /* [group][K/B][h][w][quad of channels][pair of them][B][2]; zeros where none are */
    PACK_DEPTH_PAIRS,    /* [pair of taps above one another][w][C, rounded up to B], two numbers of 16 bits each */
    PACK_WINOGRAD_PAIRS, /* of F(4x4,3x3), in integers: [K/B][position][pair of channels][B], two of 16 bits */
    PACK_ENDS,  /* [group][its K/16][4][16]: a sum's first summand, multiplier, shifts to the left and to the right; */
                /* B: filters of a group */
    PACK_TABLE, /* the results of a function of s8 */
    PACK_BYTES, /* what an INPUT's bytes become, for all channels or for each */
    PACK_EXPONENTIALS, /* of a softmax's differences */
    /* For vectors (pack/blocks.c): folded, padded with zeros to whole blocks of B, followed by the biases, and by the
     * slopes of each function that has any (op_sloped): */
    PACK_DIRECT_BLOCKED, /* [K/B][C/B][h][w][B c][B k] a group */
    PACK_DIRECT_PLANAR,  /* [K/B][h][w][c][B k] */
    PACK_WINOGRAD4,
    PACK_WINOGRAD2,
    PACK_WINOGRAD2_5,    /* [K/B][position][c][B k], transformed */
    PACK_DEPTHWISE,      /* [C/B][h][w][B] */
    PACK_SCALARS,        /* [h][w][c][k], no padding */
    PACK_DENSE_BLOCKED,  /* a group: G = PACK_DENSE_BLOCKS*B outputs; the last may have fewer blocks */
                         /* [K/G][input][G k]; inputs in the order of a blocked tensor */
    PACK_DENSE_PLANAR,   /* the same, inputs in CHW order */
    PACK_DOTS_BLOCKED,   /* with few outputs: [input/B][k][B inputs], inputs in the order of a blocked tensor */
    PACK_DOTS_PLANAR,    /* the same, inputs in CHW order */
    PACK_PHASES_BLOCKED, /* [K/B][phase][C/B][taps of the phase][B c][B k] a group: see phases.h */
    PACK_PHASES_PLANAR,  /* [K/B][phase][taps of the phase][c][B k] */
    PACK_BLOCKED,        /* weight tensors as they are, numbers in the order of a blocked tensor: LN over the image */
    /* Numbers of forms are in the hash of plans: new ones come last. */
    /* For processors that multiply pairs (pack/interleaved.c). A pair of filters are the next two, or the last two: */
    PACK_ROW_PAIRS,     /* [group][pair of filters][h][w, B maps each, padded to 4][2 filters] */
    PACK_TAP_PAIRS,     /* [group][pair of filters][h][w][maps of the group, padded to 4][2 filters] */
    PACK_CHANNEL_PAIRS, /* [pair of channels][h][w, padded to 2] of a depthwise convolution; of 2 taps the one
                           channel's, then the other's */
    PACK_INPUT_QUADS,   /* [B filters, the last ones overlapping][inputs, padded to 4][B filters][4 inputs] */
    PACK_FILTERS,       /* for each of its filters: what its sum begins with, multiplier, shift, summand; B is one
                           of enum bounds, and says what the shift is (quantise/linear.h) */
    /* For vectors, where sums are known to be small (BOUNDS_RIGHT): */
    PACK_BOUNDED_ENDS, /* [group][its K/16][7][16]: a sum's first summand; multiplier; those of odd filters, each
                         followed by 0; shift to the right; summand; of products of 64 bits, the summands of even
                         filters, then of odd ones. B: filters of a group */
    PACK_CONSTANT,     /* a CONST's numbers as the tensor that reads them lies, halo and padding included */
    PACK_DENSE_PIXELS  /* of floats: [K/B][input, all channels of a pixel side by side][B k], then biases and slopes */
};

enum { PACK_DENSE_BLOCKS = 4 /* in a group of outputs of PACK_DENSE_* */ };

struct pack {
    int id; /* index in plan.packs */
    enum pack_form form;
    enum element_type type;
    int64_t block;           /* B; 1 where nothing is padded */
    const struct op *op;     /* whose weights: op->node and op->folded; the first of the operations that share it */
    const struct node *node; /* PACK_TENSOR, PACK_AFFINE: of which layer of the operation */
    int64_t count;           /* numbers */
    int64_t halves;          /* F16: how many of them, the first; then, at a multiple of PLAN_ALIGNMENT, F32 */
    int64_t merged;          /* 0, or how many groups of a convolution are one, zeros where they are not connected */
    const struct tensor *tensor; /* CONSTANT: whose numbers they are */
    int64_t offset, bytes;       /* offset is a multiple of PLAN_ALIGNMENT */
    struct pack *before;         /* in its bucket */
};

/* What its numbers are. */
enum element_type pack_type(enum pack_form form);
/* Do the slopes of the operation's functions lie in packs of that form? */
bool pack_has_slopes(enum pack_form form);

/* ---- the plan ---- */

enum { PACK_BUCKETS = 4096 };

/* What --verify compares, in the order of NAME_model.layers: entry i belongs to CNN_PROBE(i, ...). */
struct probe {
    const struct node *node; /* whose result it is */
    const struct op *op;
    struct tensor *tensor; /* its layout: see layout_element */
    int step;
};

/* Steps of a batch that are called for image after image, or a step alone that takes all of them. */
struct segment {
    size_t first, end; /* steps */
    bool batched;
};

struct plan {
    struct arena *arena;
    const struct graph *graph;
    const struct op_list *list;
    struct plan_options options;
    struct VEC(struct tensor *) tensors;
    struct VEC(struct kernel *) kernels;
    struct VEC(struct step *) steps;
    struct VEC(struct pack *) packs;
    struct pack *pack_buckets[PACK_BUCKETS]; /* by whose weights they are */
    struct VEC(struct buffer *) buffers;
    struct VEC(struct probe) probes;
    struct VEC(struct segment) segments; /* of all steps, in order; none if there is no batch */
    struct VEC(struct ways) ways;        /* of operations that had more than one */
    struct planning *planning;           /* the planner's own state, which it alone defines; NULL if it has none */
    struct tensor **planar;              /* by value id: the form that portable kernels read; filled while planning */
    int64_t weight_bytes, arena_bytes, scratch_bytes;
    int64_t own_offset, own_bytes; /* of a batch: each thread's memory for an image, within its scratch */
    int64_t arena_lower_bound;     /* the largest set of buffers that are in use at one step */
    uint64_t hash;                 /* of the weights' layout */
};

/* The operation of the network's input or output of that number. */
const struct op *plan_end(const struct plan *plan, enum op_kind kind, size_t index);

struct diag;

/* How many images a call takes. */
static inline int plan_images(const struct plan *plan)
{
    return plan->options.batch > 1 ? plan->options.batch : 1;
}

/* Does it store weights as half floats? */
bool plan_has_halves(const struct plan *plan);
int64_t plan_half_bytes(const struct plan *plan); /* of those */

/* Lowers the graph, optimises for the target and plans. NULL after reporting a layer that the target cannot do. */
struct plan *plan_make(struct arena *arena, struct diag *diag, const struct graph *graph, struct plan_options options);

#endif
