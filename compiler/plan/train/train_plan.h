/* How a network learns on a target: kernels for the operations of train/, tensors for their values, memory, and the
 * steps of each phase. emit/train.c writes it as C.
 *
 * Sixteen images, or eight, lie side by side: a tensor is [C][H][left + W + right][lanes], where the columns left
 * and right of the map are zeros that convolutions read; rows above and below do not exist, kernels leave them out.
 * A batch is as many groups of so many images as it takes. The steps of a phase run for one group after the other;
 * where an operation needs the statistics of the whole batch, a new phase begins. Groups are spread over at most
 * TRAIN_SHARDS shards, each with an array of gradients, which are added up in order at the end: what comes out does
 * not depend on the threads. */
#ifndef CNNC_PLAN_TRAIN_TRAIN_PLAN_H
#define CNNC_PLAN_TRAIN_TRAIN_PLAN_H

#include "plan/build.h"
#include "train/train.h"

enum {
    TRAIN_LANES = 16,            /* images side by side */
    TRAIN_FEW_LANES = 8,         /* of small batches */
    TRAIN_MOST_SHARDS = 8,       /* arrays of gradients */
    TRAIN_SHARD_FLOATS = 4 << 20 /* what all of them together should not exceed */
};

/* A value for the images of a group; or scratch that one operation's steps hand on. */
struct lanes {
    int id;
    const char *name;
    struct shape shape;
    int64_t step;              /* floats from a pixel to the next: the images side by side */
    int64_t left, right;       /* columns of zeros */
    int64_t row, plane, start; /* floats: from a row, a map to the next, and to the first pixel */
    bool spread;               /* maps lie apart, so that they do not meet in the cache */
    int64_t bytes;
    struct lanes *root; /* whose memory it has; itself, unless it is the same numbers with another shape */
    int first, last;    /* of a root: the steps between which it is in use; -1: none */
    bool local;         /* of a root: in use during one phase alone */
    int64_t offset;     /* of a root: bytes into the group's block; if it is local, into the worker's */
};

/* Where the gradient of a weight tensor lies in a shard's array, and in which order. */
enum train_order {
    ORDER_PLAIN,   /* as in PyTorch */
    ORDER_INPUTS,  /* [K][window][C, padded]: kernels keep input channels side by side */
    ORDER_FILTERS, /* [C][window][K, padded] */
};

struct train_gradient {
    const struct training_tensor *tensor;
    enum train_order order;
    int64_t filters, channels, taps, padded; /* of tensors that are not plain; channels of a group */
    int64_t offset, count;                   /* floats in a shard's array */
    bool written;                            /* a step before this one has written it */
    struct kernel *sum;                      /* adds up the shards */
    struct kernel *mask;                     /* then zeroes what is not connected; NULL: all is */
};

/* What a batch normalisation keeps for its batch, C floats each, and for each group, 2*C floats. */
struct train_norm {
    const struct op *op;
    int64_t batch_offset, group_offset; /* floats */
    struct kernel *finish, *finish_gradient;
};
enum { NORM_MEAN, NORM_INVERSE, NORM_FACTOR, NORM_SUMMAND, NORM_BIAS_SHARE, NORM_WEIGHT_SHARE, NORM_PARTS };

enum train_argument_kind {
    TRAIN_TENSOR,    /* of the group */
    TRAIN_PARAMETER, /* `offset` floats into the parameters */
    TRAIN_CONSTANT,  /* into the weights that the text gives */
    TRAIN_GRADIENT,  /* into the shard's gradients */
    TRAIN_BATCH,     /* into what normalisations keep for the batch */
    TRAIN_GROUP,     /* into what they keep for the group */
    TRAIN_WORD       /* a word of the phase function: see templates/train/run.m4 */
};

struct train_argument {
    enum train_argument_kind kind;
    struct lanes *tensor;
    int64_t offset;
    const char *word;
};

struct train_step {
    int id;
    const struct op *op;
    struct kernel *kernel;
    struct VEC(struct train_argument) arguments;
    int phase;
    bool evaluates; /* NAME_evaluate alone runs it */
};

/* Between two phases, of the whole batch. */
struct train_barrier {
    int phase; /* after this one */
    const struct train_norm *norm;
    bool backward;
};

struct train_plan {
    struct arena *arena;
    struct training *training;
    struct plan *plan; /* its kernels and target; it has no steps of its own */
    bool fast;         /* the target has vectors */
    int lanes;         /* images side by side */
    bool splits;       /* a batch is one group, whose kernels threads share step by step */
    struct VEC(struct lanes *) tensors;
    struct lanes **of_value; /* by value id */
    struct VEC(struct train_step *) steps;
    struct VEC(struct train_gradient *) gradients;
    struct VEC(struct train_norm *) norms;
    struct VEC(struct train_barrier) barriers;
    int phases;                                       /* the last one is phases - 1 */
    int64_t block_bytes, local_bytes;                 /* of a group's tensors; of those that are local, a worker's */
    int64_t batch_floats, group_floats, shard_floats; /* of norms and gradients */
    int shards;
    int state_buffers; /* of as many floats as are trained */
    uint64_t hash;
};

/* Bytes of the trainer itself, before its numbers, and of what the optimiser counts; the code asserts that they fit. */
enum { TRAIN_HEAD_BYTES = 192, TRAIN_STATE_BYTES = 64 };

/* What NAME_train_bytes(batch, threads) returns on a machine that can address it. */
uint64_t train_plan_bytes(const struct train_plan *plan, int64_t batch, int64_t threads);

/* NULL after reporting what has no gradient yet, or is too large. */
struct train_plan *train_plan_make(struct arena *arena, struct diag *diag, struct training *training,
                                   const struct target *target);

/* ---- tensors.c ---- */

/* A tensor for each value; an operation that may overwrite its operand shares its tensor. */
void train_tensors(struct train_plan *plan);
struct lanes *train_scratch(struct train_plan *plan, const char *name, struct shape shape);
/* Offsets by liveness. */
void train_memory(struct train_plan *plan);

/* ---- build.c: kernels and steps ---- */

struct kernel *train_kernel(struct train_plan *plan, const char *file, const char *family);
/* Does each thread do a part of the kernel, and not the first all of it? */
bool train_splits(const struct train_plan *plan, const struct kernel *kernel);
/* PREFIX_H, _W, _ROW, _PLANE, _START */
void train_describe(struct kernel *kernel, const char *prefix, const struct lanes *tensor);
/* What CLEAR_BORDER clears, if at all. */
void train_describe_border(struct kernel *kernel, const struct lanes *tensor, bool clears);
/* Both of the result. */
void train_describe_result(struct kernel *kernel, const struct lanes *tensor);
/* Tensors of one shape whose numbers are taken in the same order: PLANES times ROWS times LENGTH floats, and for each
 * tensor the floats from one plane or row to the next and to the first, PREFIX_JUMP, PREFIX_STEP, PREFIX_START. */
void train_describe_rows(struct kernel *kernel, const char *const *prefixes, struct lanes *const *tensors,
                         size_t count);
struct train_step *train_step(struct train_plan *plan, const struct op *op, struct kernel *kernel);
void train_tensor(struct train_plan *plan, struct train_step *step, struct lanes *tensor);
void train_argument(struct train_plan *plan, struct train_step *step, enum train_argument_kind kind, int64_t offset);
void train_word(struct train_plan *plan, struct train_step *step, const char *word);
void train_parameter(struct train_plan *plan, struct train_step *step, const struct op *op, enum weight_role role);
struct lanes *train_operand(const struct train_plan *plan, const struct op *op, size_t index);
struct lanes *train_result(const struct train_plan *plan, const struct op *op);
/* The gradient of one of the operation's weights, in this order if it has none yet; NULL: it does not learn. */
struct train_gradient *train_gradient(struct train_plan *plan, const struct op *of, enum weight_role role,
                                      enum train_order order, int64_t padded);
/* Its place, and whether the step writes or adds. */
void train_gradient_arguments(struct train_plan *plan, struct train_step *step, struct train_gradient *gradient);
/* Ends the phase: what follows needs all groups. */
void train_end_phase(struct train_plan *plan, const struct train_norm *norm, bool backward);

/* ---- the families: add the steps of an operation, or false: there is no kernel yet ---- */

/* linear.c: convolutions and dense operations */
/* Columns of zeros that the kernel needs left and right of the tensor it reads. */
struct padding train_linear_halo(const struct op *op);
bool train_linear(struct train_plan *plan, const struct op *op);
bool train_linear_gradient(struct train_plan *plan, const struct op *op);
bool train_linear_weights(struct train_plan *plan, const struct op *op);
/* The normalisation that is computed again for a gradient of weights, if its kernel does that by the way. */
const struct op *train_input_again(struct train_plan *plan, const struct op *op);
/* tile.c: how many filters and pixels */
struct train_tile {
    int64_t filters, pixels;
};
struct train_tile train_tile(const struct vector_set *set, int64_t filters, int64_t pixels);
/* pool.c */
bool train_pool(struct train_plan *plan, const struct op *op);
bool train_pool_gradient(struct train_plan *plan, const struct op *op);
/* elementwise.c */
/* ACTIVATES, and the function ACTIVATION that the kernel's results end in; DERIVES, and the function DERIVATIVE_OF. */
void train_activation(struct train_plan *plan, struct kernel *kernel, const struct function *function);
/* A helper that applies it to each lane of a vector. */
const struct kernel *train_vector_function(struct train_plan *plan, const struct function *function);
void train_derivative(struct train_plan *plan, struct kernel *kernel, const struct function *function);
bool train_unary(struct train_plan *plan, const struct op *op);
bool train_unary_gradient(struct train_plan *plan, const struct op *op);
bool train_dropout(struct train_plan *plan, const struct op *op, bool backward);
/* merge.c */
bool train_binary(struct train_plan *plan, const struct op *op);
bool train_binary_gradient(struct train_plan *plan, const struct op *op);
/* reduce.c */
bool train_reduce(struct train_plan *plan, const struct op *op);
/* matmul.c */
bool train_matmul(struct train_plan *plan, const struct op *op);
/* resize.c */
bool train_upsample(struct train_plan *plan, const struct op *op);
/* sets.c */
bool train_normalise(struct train_plan *plan, const struct op *op);
bool train_normalise_gradient(struct train_plan *plan, const struct op *op);
bool train_normalise_weights(struct train_plan *plan, const struct op *op);
bool train_lrn(struct train_plan *plan, const struct op *op);
bool train_prelu(struct train_plan *plan, const struct op *op);
bool train_distance(struct train_plan *plan, const struct op *op);
/* ends.c */
bool train_input(struct train_plan *plan, const struct op *op);
bool train_output(struct train_plan *plan, const struct op *op);
bool train_const(struct train_plan *plan, const struct op *op); /* or the gradient of its numbers */
bool train_loss(struct train_plan *plan, const struct op *op);
bool train_softmax(struct train_plan *plan, const struct op *op);
/* norm.c */
/* Factors and summands of a normalisation, one a channel. */
void train_norm_arguments(struct train_plan *plan, struct train_step *step, const struct op *norm);
bool train_statistics(struct train_plan *plan, const struct op *op);
bool train_affine(struct train_plan *plan, const struct op *op);
bool train_affine_sums(struct train_plan *plan, const struct op *op);
bool train_affine_gradient(struct train_plan *plan, const struct op *op);
/* move.c */
bool train_move(struct train_plan *plan, const struct op *op);
bool train_move_gradient(struct train_plan *plan, const struct op *op);

#endif
