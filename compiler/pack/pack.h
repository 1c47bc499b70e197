/* The network's numbers as generated code reads them: BN folded in (in double precision), permuted
 * into the plan's layouts, little-endian, every pack at a multiple of PLAN_ALIGNMENT. Tensors are read one
 * at a time, so that memory holds the largest of them at most. */
#ifndef CNNC_PACK_PACK_H
#define CNNC_PACK_PACK_H

#include "plan/plan.h"

struct diag;
struct output;
struct text;
struct weights;

/* Are all the numbers there without a weight file, because they are literals? */
bool pack_all_literal(const struct plan *plan);

/* Hands plan->weight_bytes bytes to the sink, in order and in pieces that are multiples of PLAN_ALIGNMENT; `weights`
 * may be NULL if all are literal. False after reporting what is missing, or if the sink says so. */
typedef bool pack_sink(void *context, const void *bytes, size_t length);
bool pack_stream(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                 pack_sink *sink, void *context);

/* Writes a .cnnw file, and leaves it to the caller to commit it; NULL after reporting why not. */
struct output *pack_write(struct arena *arena, struct diag *diag, const struct plan *plan,
                          const struct weights *weights, const char *path);
/* The same, committed. */
bool pack_write_file(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                     const char *path);
/* Adds the weights as the initialiser of an array of 32-bit words, in hexadecimal, eight a line. */
bool pack_write_words(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                      struct text *out);

/* ---- fold.c: the weights of an operation, BN folded in ---- */

/* What rounding to half floats made of weights that are beyond them. */
struct rounded {
    int64_t beyond; /* how many */
    float first;
};
/* The weight as it is stored. */
float fold_half(struct rounded *rounded, float weight);

struct folded {
    const struct op *op;
    struct rounded *rounded; /* where weights are stored as half floats, or transformed from such; else NULL */
    int64_t filters, row;    /* K, and how many weights each filter has */
    float *raw;              /* the layer's own tensor in PyTorch's order; malloc */
    double *factor, *bias;   /* one a filter; malloc */
};
bool fold_read(const struct weights *weights, const struct op *op, struct folded *folded);
/* Row k as it is multiplied: group, input channel, row, column; zero where a connection is missing. */
void fold_row(const struct folded *folded, int64_t k, float *row);
void fold_free(struct folded *folded);
/* What a BN or SCALE, or the coefficients of a pool, do to a channel: x*factor + summand. */
bool fold_affine(const struct weights *weights, const struct op *op, int64_t channels, double *factor, double *summand);

/* The weights of a PRELU, one a channel; a single one is repeated. */
bool fold_channels(const struct weights *weights, const struct node *node, int64_t channels, double *values);

#endif
