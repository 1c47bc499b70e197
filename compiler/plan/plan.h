/* How a network runs on a target: which kernel computes each operation, how each tensor is laid out,
 * where it lies in the arena, and where the packed weights lie. Made from a list of operations;
 * emit/ writes it as C, pack/ writes its weights, verify and the reports read it.
 *
 * A target decides in one function (plan_c99.c; fast targets have their own file and fall back to
 * it): for each operation it adds steps with plan_step and describes kernels as data. What follows is
 * the same for all: copies that only move a tensor into a larger one (CONCAT, SLICE, OUTPUT) vanish
 * where the memory can be shared (alias.c), operations run in place, buffers get offsets by liveness
 * (memory.c), weights get offsets and the plan its hash (packs.c). */
#ifndef CNNC_PLAN_PLAN_H
#define CNNC_PLAN_PLAN_H

#include "optimise/ops.h"

/* ---- targets ---- */

enum target { TARGET_C99, TARGET_X86_64, TARGET_AVX2, TARGET_AVX512, TARGET_NEON, TARGET_NATIVE, TARGET_COUNT };
extern const char *const target_names[TARGET_COUNT];
/* NULL is c99. False if the name is unknown. `native` becomes what this machine has. */
bool target_named(const char *name, enum target *target);

struct plan_options {
    enum target target; /* not TARGET_NATIVE */
    bool winograd;
    int stress; /* for tests; 0: choices go by cost. Else all that can be chosen is, in turn, and threads share all that
                   they can, so that small networks reach every kernel */
};

/* ---- tensors and memory ---- */

enum form {
    FORM_PLANAR, /* [C][top + H + bottom][left + W + right] */
    FORM_BLOCKED /* [C/block, rounded up][top + H + bottom][left + W + right][block] */
};

/* The halo is zero wherever a kernel may read it; the kernel that writes the tensor writes its halo. */
struct tensor_layout {
    enum form form;
    int64_t block; /* channels that lie side by side: 1 when planar */
    struct padding halo;
    int64_t row, plane; /* floats from one row, and from one plane (of `block` channels), to the next */
    int64_t bytes;
};
/* Fills row, plane and bytes in. */
struct tensor_layout tensor_layout(enum form form, int64_t block, struct shape shape, struct padding halo);
/* Floats from the start of the tensor to element (c, y, x). */
int64_t tensor_element(const struct tensor_layout *layout, int64_t c, int64_t y, int64_t x);

enum place { PLACE_ARENA, PLACE_INPUT, PLACE_OUTPUT };

struct buffer {
    int id; /* index in plan.buffers */
    enum place place;
    int index;       /* of the caller's input or output */
    int64_t bytes;   /* a multiple of 64 */
    int first, last; /* the steps between which it is in use, both included */
    int64_t offset;  /* in the arena */
};

/* A value as it is stored; a value may be stored in several forms. */
struct tensor {
    int id; /* index in plan.tensors */
    const struct value *value;
    const char *name; /* for the reader of the C: of the layer, made unique and an identifier by emit */
    struct shape shape;
    enum element_type element;
    struct tensor_layout layout;
    struct tensor *whole;  /* of a part that plan_part made: what it is a part of; else NULL */
    int64_t whole_offset;  /* bytes */
    struct tensor *parent; /* it lies within this one, `offset` bytes from its start; NULL: in a buffer of its own */
    int64_t offset;
    enum place place; /* of a tensor without parent */
    int index;
    struct buffer *buffer;      /* of the outermost parent */
    int first_write, last_read; /* steps; -1 if there is none */
};

/* ---- kernels ---- */

enum param_type { PARAM_INTEGER, PARAM_REAL, PARAM_WORD, PARAM_TEXT };

/* What m4 puts in place of an upper-case word of the template. */
struct param {
    const char *name;
    enum param_type type;
    int64_t integer;
    double real;      /* written as a float constant */
    const char *word; /* WORD: from cnnc's own tables: lower-case letters, digits, '_' only. TEXT: marks and C syntax of
                         cnnc's own making */
};

struct kernel {
    int id;
    const char *file;   /* the template, "portable/conv.m4" */
    const char *family; /* the function is NETWORK_family_number: "conv" */
    int number;         /* from 1 in its family; 0: the only one */
    struct VEC(struct param) params;
    const char *note; /* what it computes, for the comment above the function */
    bool per_isa;     /* written once for every instruction set of the target, with LANES, ISA and TARGET defined;
                           a param NAME_L16 (or L8, L4) is NAME where vectors have 16 (8, 4) lanes */
    bool shared;      /* it takes the context first and hands its parts to the context's threads */
    bool helper;      /* a function that kernels call (an activation), emitted before them */
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
    const struct op *op; /* what it is a part of */
    struct kernel *kernel;
    struct VEC(struct argument) arguments;
    bool final; /* the operation's result is complete after it: comment, probe, layer table */
    /* A copy that is not needed if both tensors can share memory; `kernel` then stays unused. */
    bool movable;
    unsigned in_place; /* bit i: the result may take over the memory of argument i */
    int64_t scratch;   /* bytes of scratch that the kernel needs */
    int parts;         /* into how many pieces threads may divide it; 1: none */
    const char *why;   /* for --explain: why this kernel; NULL: there was no choice */
};

/* ---- packed weights ---- */

enum pack_form {
    PACK_ROWS,     /* a convolution's or FC's K rows as they are in PyTorch, folded; then K biases if there are any */
    PACK_DECONV,   /* a transposed convolution's weights as K x C/groups x h x w, folded; then K biases */
    PACK_AFFINE,   /* BN, SCALE, affine pools: one factor, then one summand a channel */
    PACK_INPUT,    /* an INPUT's mean, then its scale, one each a channel */
    PACK_CHANNELS, /* one number a channel, a single one repeated: PRELU */
    PACK_TENSOR,   /* weight tensors as they are, one after the other: RBF LN IN GN */
    /* Of the fast targets (pack/pack_fast.c); all folded, padded with zeros to blocks of 16, then the biases: */
    PACK_DIRECT_BLOCKED, /* [K/16][C/16][h][w][16 c][16 k] a group */
    PACK_DIRECT_PLANAR,  /* [K/16][h][w][c][16 k] */
    PACK_WINOGRAD4,
    PACK_WINOGRAD2,
    PACK_WINOGRAD2_5, /* [K/16][position][c][16 k], transformed */
    PACK_DEPTHWISE,   /* [C/16][h][w][16] */
    PACK_SCALARS,     /* [h][w][c][k], no padding */
    PACK_DENSE_BLOCKED, /* FC: groups of at most 64 outputs, [K/64][input][64 k]; inputs in the order of a blocked tensor */
    PACK_DENSE_PLANAR,  /* the same, inputs in CHW order */
    PACK_DOTS_BLOCKED,  /* FC with few outputs: [input/16][k][16 inputs], inputs in the order of a blocked tensor */
    PACK_DOTS_PLANAR,   /* the same, inputs in CHW order */
    PACK_AFFINE_BLOCKED /* factors, then summands, each padded */
};

struct pack {
    int id; /* index in plan.packs */
    enum pack_form form;
    const struct op *op;     /* whose weights: op->node and op->folded; the first of the operations that share it */
    const struct node *node; /* PACK_TENSOR, PACK_AFFINE: of which layer of the operation */
    int64_t offset, bytes;   /* offset is a multiple of 64 */
    struct pack *before;     /* in its bucket */
};

/* ---- the plan ---- */

enum { PACK_BUCKETS = 4096 };

/* What --verify compares, in the order of NAME_model.layers: entry i belongs to CNN_PROBE(i, ...). */
struct probe {
    const struct node *node; /* whose result it is */
    const struct op *op;
    struct tensor *tensor; /* its layout: see tensor_element */
    int step;
};

struct fast;

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
    struct fast *fast;        /* the fast targets' own state; NULL for c99 */
    struct tensor **of_value; /* by value id: the form that planar kernels read; set while planning */
    int64_t weight_bytes, arena_bytes, scratch_bytes;
    int64_t arena_lower_bound; /* the largest set of buffers that are in use at one step */
    uint64_t hash;             /* of the weights' layout */
};

/* NULL after reporting a layer that the target cannot do. */
struct diag;
struct plan *plan_make(struct arena *arena, struct diag *diag, const struct op_list *list, struct plan_options options);
/* Steps, buffers and packs as text, for --trace=plan. */
struct text;
void plan_print(const struct plan *plan, struct text *out);

/* ---- for the targets' planners ---- */

/* Plans one operation; false: no kernel for it. */
bool plan_c99_op(struct plan *plan, const struct op *op);

struct tensor *plan_tensor(struct plan *plan, const struct value *value, struct tensor_layout layout);
/* A part of `parent`: `bytes` from its start, with a shape and layout of its own. */
struct tensor *plan_part(struct plan *plan, struct tensor *parent, int64_t offset, struct shape shape,
                         struct tensor_layout layout);

/* A kernel is described, then asked for: equal descriptions are one kernel. */
struct kernel *kernel_describe(struct plan *plan, const char *file, const char *family);
void kernel_integer(struct plan *plan, struct kernel *kernel, const char *name, int64_t value);
void kernel_real(struct plan *plan, struct kernel *kernel, const char *name, double value);
void kernel_word(struct plan *plan, struct kernel *kernel, const char *name, const char *word);
void kernel_text(struct plan *plan, struct kernel *kernel, const char *name, const char *text);
struct kernel *kernel_intern(struct plan *plan, struct kernel *kernel);

struct step *plan_step(struct plan *plan, const struct op *op, struct kernel *kernel);
void step_reads(struct plan *plan, struct step *step, struct tensor *tensor);
void step_writes(struct plan *plan, struct step *step, struct tensor *tensor);
void step_weights(struct plan *plan, struct step *step, struct pack *pack);
/* Equal packs of the same tensors are one. */
struct pack *plan_pack(struct plan *plan, const struct op *op, const struct node *node, enum pack_form form,
                       int64_t floats);

/* ---- the parts of plan_make ---- */

void plan_alias(struct plan *plan);         /* alias.c: movable steps and in-place steps */
void plan_memory(struct plan *plan);        /* memory.c: buffers, offsets, lower bound */
void plan_place_weights(struct plan *plan); /* packs.c: offsets and hash */

/* What a buffer's offset search needs, alone: used by the tests too. */
struct interval {
    int64_t bytes;
    int first, last;
    int64_t offset; /* the result */
};
int64_t memory_lower_bound(const struct interval *intervals, size_t count);
/* Fills the offsets in and returns the size of the arena: the best of several deterministic searches. */
int64_t memory_assign(struct arena *arena, struct interval *intervals, size_t count);

#endif
