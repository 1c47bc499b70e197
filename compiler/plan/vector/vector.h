/* The planner of targets with vectors. It keeps most tensors BLOCKED, VECTOR_BLOCK channels side by side, with a halo
 * of zeros as wide as their readers need; operations without a kernel of vectors run on portable kernels over PLANAR
 * tensors, with conversions in between. One plan serves all instruction sets of a target: same algorithms, layouts,
 * memory and packed weights; only the register tiles differ.
 *
 * Before anything is planned, choose.c picks an algorithm for every operation and vector.c derives which values are
 * blocked and how wide their halos are. One file a family of operations then describes the kernels. */
#ifndef CNNC_PLAN_VECTOR_VECTOR_H
#define CNNC_PLAN_VECTOR_VECTOR_H

#include "plan/build.h"

enum {
    VECTOR_POOL_SIDE = PLAN_POOL_SIDE,
    VECTOR_BLOCK = 16 /* channels side by side in a blocked tensor: a multiple of every set's lanes */
};

struct abilities;

extern const struct planner vector_planner;

enum algorithm {
#define ALGORITHM(name, plan, result, window) ALGORITHM_##name,
#include "plan/vector/algorithms.def"
#undef ALGORITHM
    ALGORITHM_COUNT
};

/* How one value is kept. */
struct vector_value {
    bool blocked;               /* its producer writes it BLOCKED */
    struct padding halo;        /* of the blocked form */
    struct padding planar_halo; /* of a planar copy for convolutions that read planes */
    struct tensor *tensor;      /* blocked; NULL until it is made */
    struct tensor *result;      /* `tensor`, if its producer wrote it and no conversion; else NULL */
    struct tensor *haloed;      /* planar with halo; NULL until it is made */
};

/* What this planner keeps in plan->planning. */
struct planning {
    struct plan *plan;
    struct vector_value *values;    /* by value id */
    enum algorithm *algorithms;     /* by op id */
    const char **reasons;           /* by op id: why, for --explain */
    int *pieces;                    /* by op id: blocks of channels at a time (direct.c), 0 for all; -1: by cost */
    const struct channel **made_of; /* by value id: the channels of other values that moves read in its place */
    const struct op **pooled;       /* by op id: the operation together with the pool that follows it, or NULL */
    bool threads;                   /* the network is large enough for them */
};

/* ---- forms.c: blocked and planar tensors, and the conversions between them ---- */

struct tensor *vector_blocked(struct planning *v, const struct op *op, const struct value *value);
struct tensor *vector_planar(struct planning *v, const struct op *op, const struct value *value);
struct tensor *vector_haloed(struct planning *v, const struct op *op, const struct value *value);
struct tensor *vector_result(struct planning *v, const struct op *op);

/* ---- parts.c: what descriptions of kernels share ---- */

int64_t vector_blocks(int64_t channels);
/* Numbers from the tensor's start to row -top, column -left of its first block. */
int64_t vector_start(const struct tensor *tensor, int64_t top, int64_t left);
struct kernel *vector_kernel(struct planning *v, const char *file, const char *family);
/* SHARED: may threads share the kernel's work, which takes about so many cycles? And whether it has scratch. */
bool vector_share(struct planning *v, struct kernel *kernel, double cycles, bool scratch);
/* HALO_*, OUT_*: where the result lies. */
void vector_describe_result(struct kernel *kernel, const struct tensor *out);
/* PREFIX_ROW, _PLANE and _START of a tensor that is read. */
void vector_describe_operand(struct kernel *kernel, const struct tensor *in, const char *prefix);
/* ACTIVATION: the name of the function that the kernel ends in, or the word none. */
void vector_activation(struct planning *v, struct kernel *kernel, const struct function *function);
/* PARAM: the name of a function that the kernel calls. */
void vector_function(struct planning *v, struct kernel *kernel, const char *param, const struct function *function);
/* BEFORE and ACTIVATION of a kernel with so many biases, and what comes with them; returns how many slopes follow the
 * biases in its pack. */
int64_t vector_describe_end(struct planning *v, struct kernel *kernel, const struct op *op, int64_t biases);
/* The side of the pool that the kernel finds in its registers: VECTOR_POOL_SIDE, or 1 if there is none. */
int64_t vector_pool_side(const struct op *op);
/* The set that costs are reckoned with. What all sets of a target share goes by its caches. */
const struct vector_set *vector_model(const struct planning *v);
/* Enough registers of sums for tiles that are not small? */
bool vector_has_many_sums(const struct vector_set *set);
/* How many vectors of filters a tile has: at most two, or a block, and no more than there are. */
int vector_tile_vectors(const struct vector_set *set, int64_t blocks);

/* ---- batch.c ---- */

/* How many images of a batch a convolution's kernel takes: all of them, or 1. */
int64_t vector_images(const struct planning *v, const struct op *op, enum algorithm algorithm);

/* How many a unit of filters of a direct convolution goes over before the next: those that stay in a cache. */
int64_t vector_images_at_once(const struct planning *v, const struct op *op);

/* How Winograd's algorithm cuts a map: tiles, groups of tiles that a matrix product takes, groups in a batch. */
struct wino_shape {
    int64_t out;       /* outputs of a tile's side: 4 or 2 */
    int64_t positions; /* inputs of a tile: 36 or 16 */
    int64_t tiles_y, tiles_x, group, groups, rest;
    int64_t images;    /* whose tiles follow each other: of a batch, or 1 */
    struct pair phase; /* tiles of a phase: of the pixels that lie a whole number of dilations apart */
};
/* Tiles are the same for all sets; how they are grouped depends on the set's registers. */
struct wino_shape vector_wino_shape(const struct planning *v, const struct op *op, enum algorithm algorithm,
                                    const struct vector_set *set);
bool vector_is_winograd(enum algorithm algorithm);

/* ---- choose.c: what the kernels can take on; which algorithm, and why ---- */

extern const struct abilities vector_abilities;
enum algorithm vector_choose(struct planning *v, const struct op *op, const char **why);

/* ---- cost.c: how long convolutions take, by a model of a class of machines ---- */

/* Does its direct kernel leave out, at the edges of the map, taps that see nothing but padding? */
bool vector_leaves_out_taps(const struct op *op);
double vector_direct_cycles(const struct planning *v, const struct op *op);
double vector_winograd_cycles(const struct planning *v, const struct op *op, enum algorithm algorithm);

/* ---- the families ---- */

bool vector_winograd(struct planning *v, const struct op *op); /* winograd.c */

/* What convolutions share (conv.c). */

/* Kernels see groups of whole blocks: as few neighbours as that takes are one group, whose weights are zero where they
 * were not connected, and where the last lacks some. */
struct grouping {
    int64_t groups, merged; /* how many that leaves, each of so many */
    int64_t in, out;        /* channels and filters of each */
};
struct grouping vector_grouping(const struct op *op);
/* Is planar input converted to blocks, because it has many channels and they fill these? */
bool vector_converts(const struct op *op);
/* Does the kernel read its input in blocks? What is planar is converted for it then. */
bool vector_reads_blocks(const struct planning *v, const struct op *op, enum algorithm algorithm);
/* How far it reads over the edges of its input (vector.c). */
struct padding vector_reach(const struct planning *v, const struct op *op, enum algorithm algorithm);
struct conv_input {
    struct tensor *tensor;
    bool planar;
    int64_t channels; /* of a group, padded when blocked */
};
struct conv_input vector_conv_input(struct planning *v, const struct op *op);
void vector_describe_window(struct kernel *kernel, const struct op *op, const struct tensor *in);
void vector_describe_residual(struct kernel *kernel, const struct tensor *residual);
/* The tensor that it adds, or NULL, which is described, too. */
struct tensor *vector_residual(struct planning *v, struct kernel *kernel, const struct op *op);
struct step *vector_conv_step(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in,
                              struct tensor *residual, enum pack_form form, int64_t count, struct tensor *out);
const char *vector_family(struct planning *v, const struct op *op, const char *word);

/* Direct convolutions, and the phases of transposed ones (direct.c): units of filters, the register tiles of a map,
 * their names after a prefix, groups, what is fetched ahead. */
struct filters {
    int64_t count;     /* of a group; the kernel leaves out vectors of the only block that have none */
    int64_t connected; /* neighbours that see the same channels, which are as many, of a block; else a block */
    int64_t real;      /* the others of the last block are zeros */
};
struct filters vector_filters(const struct op *op, const struct conv_input *in);
void vector_describe_units(struct kernel *kernel, const struct vector_set *set, const struct filters *filters,
                           bool pool);
void vector_describe_tiles(struct kernel *kernel, const struct vector_set *set, const char *prefix, struct pair map,
                           const struct filters *filters, bool pool);
void vector_explain_tiles(struct planning *v, struct kernel *kernel, const struct op *op, struct pair map,
                          const struct filters *filters);
/* Can a direct convolution take so many blocks of channels at a time, and then the next? */
bool vector_takes_pieces(const struct op *op, int64_t blocks);
/* How many it takes where nothing was measured, by the widest vectors; 0: all at once. */
int64_t vector_piece_by_cost(const struct planning *v, const struct op *op);
void vector_describe_groups(struct kernel *kernel, const struct op *op, const struct conv_input *in, int64_t blocks);
void vector_describe_rounds(const struct planning *v, struct kernel *kernel, const struct tensor *out, int64_t taps,
                            int64_t blocks, bool crowded);

bool vector_direct(struct planning *v, const struct op *op);
bool vector_transposed(struct planning *v, const struct op *op); /* transposed.c */
/* How far the phases of a transposed convolution read over the edges of the input. */
struct padding vector_transposed_reach(const struct op *op);
double vector_transposed_cycles(const struct planning *v, const struct op *op);
bool vector_depthwise(struct planning *v, const struct op *op); /* conv.c */
bool vector_rows(struct planning *v, const struct op *op);
bool vector_dense(struct planning *v, const struct op *op); /* dense.c */
bool vector_pool(struct planning *v, const struct op *op);  /* pool.c */
bool vector_can_pool_planes(const struct op *op);
bool vector_pool_planes(struct planning *v, const struct op *op);
bool vector_global(struct planning *v, const struct op *op);
bool vector_elementwise(struct planning *v, const struct op *op); /* elementwise.c */
bool vector_planes(struct planning *v, const struct op *op);
bool vector_normalise(struct planning *v, const struct op *op); /* norm.c */
bool vector_can_normalise(const struct op *op);
bool vector_can_normalise_planes(const struct op *op);
bool vector_normalise_planes(struct planning *v, const struct op *op);
bool vector_lrn(struct planning *v, const struct op *op);
bool vector_softmax(struct planning *v, const struct op *op);
bool vector_reduce(struct planning *v, const struct op *op); /* reduce.c */
bool vector_matmul(struct planning *v, const struct op *op); /* matmul.c */

/* integers.c: what reads or writes integers of 8 bits. */
enum algorithm integer_choose(const struct op *op, const char **why);
/* An input of floats in planes that becomes integers; false: the plain kernel takes it. */
bool integer_input(struct planning *v, const struct op *op);
bool integer_plan(struct planning *v, const struct op *op);
/* From planes to channels side by side, or back. */
void integer_convert(struct planning *v, const struct op *op, struct tensor *from, struct tensor *to);

void vector_share_parts(struct plan *plan); /* share.c */

/* transpose.c: matrices whose rows become columns. Steps count numbers; [0] of the outer loop, whose last round has
 * matrices of its own size. */
struct vector_matrices {
    int64_t maps[2], from[2], to[2], from_start, to_start;
    int64_t rows, columns, last_rows, last_columns;
    int64_t from_step, to_step; /* from row to row, and from column to column of the result */
    bool filled;                /* the result is blocked: what the last matrices lack is zero */
};
struct step *vector_transpose_step(struct planning *v, const struct op *op, const char *family,
                                   const struct vector_matrices *m, struct tensor *from, struct tensor *to);
bool vector_transpose(struct planning *v, const struct op *op);
bool vector_output(struct planning *v, const struct op *op);
bool vector_upsample(struct planning *v, const struct op *op); /* resize.c */
bool vector_upsample_planes(struct planning *v, const struct op *op);

bool vector_concat(struct planning *v, const struct op *op); /* move.c */
bool vector_slice(struct planning *v, const struct op *op);
bool vector_channels(struct planning *v, const struct op *op);
/* Does the operation only move numbers? Over planar tensors plain C then does it as fast as memory is. */
bool vector_is_move(const struct op *op);
enum algorithm vector_choose_move(const struct planning *v, const struct op *op);
/* Moves whose results only moves read: these read what the results were made of. */
void vector_join_moves(struct planning *v);

#endif
