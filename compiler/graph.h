/* The network as a graph: one node per layer, one result tensor per node, in execution order. The
 * expander builds it (an ONNX model is imported into the same form), the shape rules fill in shapes
 * and counts, and after that it does not change. */
#ifndef CNNC_GRAPH_H
#define CNNC_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/limits.h"
#include "base/source.h"
#include "elements.h"
#include "layers.h"

struct recipe;

struct shape {
    int64_t h, w, c; /* per image */
};

/* Members are in the order of the words in layers.def: words are bound by their position. */
enum layout { LAYOUT_CHW, LAYOUT_HWC };
enum axis { AXIS_C, AXIS_H, AXIS_W };
enum pad_rule { PAD_GIVEN, PAD_SAME, PAD_FULL };
enum reducing {
    REDUCING_MEAN,
    REDUCING_SUM,
    REDUCING_MAX,
    REDUCING_MIN,
    REDUCING_PROD,
    REDUCING_L1,
    REDUCING_L2,
    REDUCING_LOGSUMEXP,
    REDUCING_ARGMAX, /* of ARGMAX alone: REDUCE has no word for it */
    REDUCING_COUNT
};
enum over { OVER_C, OVER_H, OVER_W, OVER_HW, OVER_CHW };
enum upsample_mode { UPSAMPLE_NEAREST, UPSAMPLE_BILINEAR };

struct pair {
    int64_t h, w;
};

struct padding {
    int64_t top, left, bottom, right;
};

/* Numbers written in the text: a literal kernel, a connection table. Row by row. */
struct matrix {
    int64_t rows, columns;
    const double *entries;
};

/* The arguments of a layer. The front ends store them as written, and shape_normalise (shape/shape.h) brings them into
 * the form described here; after that they do not change. Fields that do not apply to the kind are zero. */
struct layer_args {
    struct shape target;    /* INPUT CONST RESHAPE: the size as written */
    enum element_type type; /* INPUT */
    int64_t filters;        /* CONV DECONV FC RBF; DWCONV: C*mult, derived from mult */
    int64_t mult;           /* DWCONV: filters per channel */
    struct pair window;     /* CONV DWCONV DECONV, sliding pools */
    struct pair stride;     /* for a pool: the window, unless given */
    struct pair dilation;   /* for a pool: 1 */
    struct padding pad;
    enum pad_rule pad_rule; /* as written; `pad` is computed from it, and then it is PAD_GIVEN */
    struct pair out_pad;    /* DECONV */
    int64_t groups;         /* CONV DECONV (DWCONV: C), GN, SHUFFLE */
    bool bias;              /* has a bias tensor, trainable or literal */
    bool has_weight;        /* SCALE: has a factor */
    enum pool_kind pool;    /* for every pool, whatever its keyword */
    bool ceil, count_pad, affine;
    bool adaptive; /* a pool with out=, whose windows vary: [floor(i*H/out), ceil((i+1)*H/out)) */
    struct pair out;
    const struct matrix *connect; /* CONV; or NULL */
    double a, b; /* LEAKY ELU POWER ABOVE BELOW EQUALS: a. TANH: a, b. CLIP: lo, hi. SHRINK THRESHOLD: a limit, b */
    double eps;
    double alpha, beta, k; /* LRN */
    int64_t size;          /* LRN: the window */
    bool shared;           /* PRELU: one slope for all maps */
    bool tanh_gelu;        /* GELU: approximate=tanh */
    bool per_pixel;        /* LN: over the channels of each pixel */
    struct pair factor;    /* UPSAMPLE */
    enum upsample_mode mode;
    bool align;                      /* UPSAMPLE, bilinear: align_corners */
    int64_t pad_c_front, pad_c_back; /* PAD */
    double value;                    /* PAD */
    int64_t from, to;                /* SLICE: 0 <= from < to; in a text they may count from the end */
    enum axis axis;
    enum axis axes[3];          /* TRANSPOSE: where the result's h, w, c come from */
    enum layout layout;         /* INPUT, OUTPUT */
    const double *mean, *scale; /* INPUT: one per channel, or NULL */
    enum reducing reducing;     /* REDUCE; MAXOUT: a maximum; ARGMAX: where it is */
    enum over over;             /* REDUCE ARGMAX */
    int64_t pieces;             /* MAXOUT: channels that become one */
    double rate;                /* DROPOUT: only for the canonical text and ONNX */
};

enum weight_role {
    ROLE_WEIGHT,
    ROLE_BIAS,
    ROLE_MEAN,
    ROLE_VAR, /* .weight .bias .running_mean .running_var */
    ROLE_COUNT
};

/* A tensor that belongs to a layer: from a weight file, or literal. Dimensions as in PyTorch:
 * CONV [K, C/groups, h, w], DECONV [C, K/groups, h, w], FC [K, C*H*W], BN [C], CONST [C, H, W]. */
struct weight {
    enum weight_role role;
    const char *name; /* "layer1.0.conv1.weight"; of CONST, the layer's */
    int rank;
    int64_t dims[4];
    int64_t count;         /* product of dims */
    bool trainable;        /* counts as parameters (a literal, BN's statistics and RBF's prototypes do not) */
    const double *literal; /* numbers in PyTorch's order, or NULL: read from the weight file */
    int64_t period;        /* how many it has: all, one kernel for every filter and channel, or one for all */
};

/* Something that pictures draw a box around: a labelled group, a repeat, a block call, a branch. */
struct cluster {
    struct cluster *parent;
    const char *name; /* "layer1", "basic", "x2", ... for display */
    const char *path; /* the full name of the scope, or NULL */
    int depth, id;
};

struct node {
    int id; /* index in graph.nodes */
    enum layer_kind kind;
    const char *name; /* full name, unique: "layer1.0.conv1" */
    bool named;       /* the user's label, not an ordinal */
    bool keeps_name;  /* tensors beside its weights are called after it: a text gives it the same name (a merge is
                         called so by its place) */
    struct span span; /* in the source; {0, 0} for imported nodes */
    struct cluster *cluster;
    struct node **inputs;
    size_t input_count;
    struct layer_args args;
    struct weight *weights;
    size_t weight_count;
    const struct node *shares; /* SHARE: the layer whose weights it reuses (`weights` is the same array) */

    /* filled in by shape_infer */
    struct shape shape;
    enum element_type element;
    int64_t params; /* trainable, counted once (0 where `shares` is set) */
    int64_t macs, connections, bytes;
    struct pair field; /* receptive field, in input pixels */
    double jump_h, jump_w;

    /* filled in by graph_finish */
    size_t reader_count;
    bool is_output;
    bool needed;         /* an output depends on it */
    bool weights_needed; /* one depends on its weights, which another layer may share */
};

struct output_tensor {
    struct node *node; /* the one that computes it */
    const char *name;
    enum layout layout;
};

struct graph {
    struct arena *arena;
    const char *name;            /* the network's, as written */
    const struct source *source; /* or NULL */
    struct VEC(struct node *) nodes;
    struct VEC(struct node *) inputs;
    struct VEC(struct output_tensor) outputs;
    int64_t params, macs, connections, weight_count; /* totals of what is needed */
    int repeat_depth;
    struct recipe *recipe; /* how it learns (recipe.h); never NULL once the graph is finished */
};

enum { GRAPH_MAX_WEIGHTS = 4 /* per node */ };

struct node *graph_add(struct graph *graph, enum layer_kind kind, const char *name, struct span span,
                       struct node *const *inputs, size_t input_count);
/* Fills in reader counts, what is needed and totals, and makes every unread end of a chain an output if the text named
 * none; a graph without a recipe gets the default one. False if the totals do not fit in 64 bits. */
bool graph_finish(struct graph *graph);
int64_t shape_elements(struct shape shape);
bool shape_equal(struct shape a, struct shape b);
/* "32x32x3" */
const char *shape_text(struct arena *arena, struct shape shape);
const char *node_keyword(const struct node *node); /* "CONV" */
/* Reports at the node's place in the text; an imported node has none, and is named in front of the message. */
struct message *node_report(struct diag *diag, enum check check, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
const char *node_text(const struct node *node); /* the documentation in its row of layers.def */
bool node_is_mark(const struct node *node);     /* an OUTPUT: it names a result and computes nothing */
/* The windows of an adaptive pool along one side: number i of `out` reads from floor(i*n/out) up to, but not including,
 * ceil((i + 1)*n/out). */
struct adaptive_windows {
    int64_t sum, longest; /* of their lengths */
};
struct adaptive_windows adaptive_windows(int64_t n, int64_t out);
/* The largest number that divides both. */
int64_t common_divisor(int64_t a, int64_t b);
const struct weight *node_weight(const struct node *node, enum weight_role role); /* or NULL */
double weight_literal(const struct weight *weight, int64_t index);

#endif
