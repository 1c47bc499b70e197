/* The inside of shape/: one rule for each kind of layer, and what the rules share. A rule reads the node and writes the
 * result, which begins with the shape, receptive field and jump of the node's first input and without weights.
 * shape_infer adds the totals and puts the result into the node. */
#ifndef CNNC_SHAPE_RULES_H
#define CNNC_SHAPE_RULES_H

#include "base/checked.h"
#include "base/diag.h"
#include "shape/shape.h"

struct layer_result { /* the fields are those of struct node */
    struct shape shape;
    enum element_type element;
    struct pair field;
    double jump_h, jump_w;
    int64_t params; /* 0: all trainable numbers */
    int64_t macs, connections;
    struct weight *weights;
    size_t weight_count;
};

struct inference {
    struct shape_context *context;
    struct arena *arena;
    struct diag *diag;
    const struct node *node;               /* kind, arguments and inputs; its shape and counts are not set yet */
    const struct literal_weight *literals; /* ROLE_COUNT, or NULL */
    struct shape input;                    /* of the first input */
    struct layer_result result;
};

typedef bool shape_rule(struct inference *in); /* false after reporting */

/* Which kind has which rule is in layers.def and merges.def. */
shape_rule shape_rule_input, shape_rule_const, shape_rule_same, shape_rule_conv, shape_rule_dwconv, shape_rule_deconv,
    shape_rule_fc, shape_rule_rbf, shape_rule_flatten, shape_rule_dropout, shape_rule_pool, shape_rule_global_pool,
    shape_rule_prelu, shape_rule_bn, shape_rule_ln, shape_rule_in, shape_rule_gn, shape_rule_scale, shape_rule_shuffle,
    shape_rule_upsample, shape_rule_pad, shape_rule_crop, shape_rule_slice, shape_rule_reshape, shape_rule_transpose,
    shape_rule_reduce, shape_rule_argmax, shape_rule_maxout, shape_rule_broadcast, shape_rule_compared,
    shape_rule_where, shape_rule_matmul, shape_rule_concat;

/* shape_report.c. Whether an argument was written in the layer itself; its span then, else the node's. */
bool shape_argument_written(const struct inference *in, const char *name);
struct span shape_argument_span(const struct inference *in, const char *name);
/* "input 7x7x32 comes from POOL, line 6" after the carets; as a help where there is no source to show. */
void shape_label_input(const struct inference *in, struct message *message);
/* Reports that `what` overflows or exceeds LIMIT_ELEMENTS; returns false. */
bool shape_report_limit(const struct inference *in, const char *what);
/* Checks the result's size; rules that count over the result do so first. */
bool shape_check_size(const struct inference *in);
/* Reports a count that does not fit in 64 bits; returns false. */
bool shape_report_count(const struct inference *in, const char *what);
/* Reports groups that do not divide `channels`, with the nearest numbers that divide both it and `also`. */
bool shape_check_groups(const struct inference *in, int64_t groups, int64_t channels, const char *which, int64_t also);

/* normalise.c: D*(F - 1), what a window spans beyond its first element; a number past the limit if it overflows, which
 * shape_check_window refuses. */
int64_t shape_reach(int64_t window, int64_t dilation);

/* shape_field.c: how the receptive field grows. Each returns false after reporting numbers that are too
 * large. */
bool shape_field_window(struct inference *in, struct pair reach, struct pair stride); /* reach: D*(F - 1) */
bool shape_field_whole(struct inference *in); /* every result sees the whole input */

/* shape_window.c: windows that slide. */
bool shape_check_window(const struct inference *in); /* arguments in range */
bool shape_slide(struct inference *in);              /* the result's height and width; grows the field */

/* shape_weights.c: tensors of a layer, in the order of the calls. A literal makes them fixed. */
bool shape_add_weight(struct inference *in, enum weight_role role, bool trainable, int rank, const int64_t dims[]);
bool shape_add_channel_weight(struct inference *in, enum weight_role role, bool trainable); /* [C] of the result */
bool shape_check_shared(const struct inference *in);
/* Whether it has as many numbers as the tensor, or as one kernel, or one; false after reporting. */
bool shape_check_literal(const struct inference *in, const struct literal_weight *literal, const char *what,
                         const struct weight *weight);

#endif
