/* What the files of the fast targets' planner share. The fast targets (x86-64, avx2, avx512, neon)
 * keep most tensors BLOCKED, 16 channels side by side, with a halo of zeros as wide as their readers
 * need; what they have no kernel for runs on the plain C kernels of plan_c99.c over PLANAR tensors,
 * and conversions stand between. One plan serves all instruction sets of a target: same algorithms,
 * layouts, memory and packed weights; only the register tiles differ. */
#ifndef CNNC_PLAN_FAST_H
#define CNNC_PLAN_FAST_H

#include "plan/plan.h"

enum { FAST_BLOCK = 16 };

enum algorithm {
    ALGORITHM_PLAIN, /* a kernel of plan_c99.c */
    ALGORITHM_DIRECT,
    ALGORITHM_WINOGRAD4,
    ALGORITHM_WINOGRAD2,
    ALGORITHM_WINOGRAD2_5, /* of 5x5 windows: its transform is that of F(4x4,3x3) */
    ALGORITHM_DEPTHWISE,
    ALGORITHM_ROWS, /* few filters over planar maps: vectors along the width */
    ALGORITHM_DENSE,
    ALGORITHM_POOL,
    ALGORITHM_GLOBAL,
    ALGORITHM_ELEMENTWISE,
    ALGORITHM_CONCAT,
    ALGORITHM_FUSED /* nothing: the operation before it computes it */
};

/* How one value is kept. */
struct fast_value {
    bool blocked;               /* its producer writes it BLOCKED */
    struct padding halo;        /* of the blocked form */
    struct padding planar_halo; /* of a planar copy for convolutions that read planes */
    struct tensor *tensor;      /* blocked; NULL until it is made */
    struct tensor *result;      /* `tensor`, if its producer wrote it and no conversion; else NULL */
    struct tensor *haloed;      /* planar with halo; NULL until it is made */
};

struct fast {
    struct plan *plan;
    struct fast_value *values;  /* by value id */
    enum algorithm *algorithms; /* by op id */
    bool threads;               /* the network is large enough for them */
    const char **reasons;       /* by op id: why, for --explain */
    const struct op **pooled;   /* by op id: the operation together with the pool that follows it, or NULL */
};

/* fast.c */
bool target_is_fast(enum target target);
struct fast *fast_begin(struct plan *plan);
bool plan_fast_op(struct fast *fast, const struct op *op);
struct tensor *fast_blocked(struct fast *fast, const struct op *op,
                            const struct value *value); /* converts if need be */
struct tensor *fast_planar(struct fast *fast, const struct op *op, const struct value *value);
struct tensor *fast_haloed(struct fast *fast, const struct op *op, const struct value *value);
struct tensor *fast_result(struct fast *fast, const struct op *op);
int64_t fast_blocks(int64_t channels);
/* Floats from the tensor's start to row -top, column -left of its first block. */
int64_t fast_start(const struct tensor *tensor, int64_t top, int64_t left);
struct kernel *fast_kernel(struct fast *fast, const char *file, const char *family);
void fast_number(struct fast *fast, struct kernel *kernel, const char *name, int64_t value);
/* A number that differs between instruction sets: NAME_L16, NAME_L8, NAME_L4. */
void fast_lane_number(struct fast *fast, struct kernel *kernel, const char *name, int lanes, int64_t value);
/* SHARED: may threads share the kernel's work, which takes about so many cycles? And whether it has scratch. */
bool fast_share(struct fast *fast, struct kernel *kernel, double cycles, bool scratch);
/* HALO_*, OUT_*: where the result lies. */
void fast_describe_result(struct fast *fast, struct kernel *kernel, const struct tensor *out);
/* VECTOR_ACTIVATION and its numbers; false if vectors cannot do it. */
bool fast_activation(struct fast *fast, struct kernel *kernel, const struct node *activation);
bool fast_can_activate(const struct node *activation);
struct fast_lanes {
    const int *lanes; /* of the target's instruction sets */
    size_t count;
};
struct fast_lanes fast_lanes_of(enum target target);

/* fast_cost.c: which algorithm, by a model of this class of machines. */
enum algorithm fast_choose(struct fast *fast, const struct op *op, bool input_blocked, const char **why);
bool fast_is_winograd(enum algorithm algorithm);
/* Tiles in a GEMM group and groups in a block of Winograd's algorithm, for vectors of `lanes`. */
struct wino_shape {
    int64_t out;       /* outputs of a tile's side: 4 or 2 */
    int64_t positions; /* inputs of a tile: 36 or 16 */
    int64_t tiles_y, tiles_x, group, groups, rest;
};
struct wino_shape fast_wino_shape(const struct op *op, enum algorithm algorithm, int lanes);

double fast_convolution_cycles(const struct op *op, enum algorithm algorithm);

/* fast_conv.c, fast_simple.c */
bool fast_direct(struct fast *fast, const struct op *op);
bool fast_winograd(struct fast *fast, const struct op *op);
bool fast_depthwise(struct fast *fast, const struct op *op);
bool fast_rows(struct fast *fast, const struct op *op);
bool fast_dense(struct fast *fast, const struct op *op);
bool fast_pool(struct fast *fast, const struct op *op);
bool fast_global(struct fast *fast, const struct op *op);
bool fast_elementwise(struct fast *fast, const struct op *op);
bool fast_concat(struct fast *fast, const struct op *op);

#endif
