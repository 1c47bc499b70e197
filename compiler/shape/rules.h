/* The inside of shape/: one rule a kind, and what the rules share. A rule finds node->shape set to
 * its first input's, the receptive field and jump copied from there, and no weights; it changes what
 * its kind changes. shape_infer adds up the rest. */
#ifndef CNNC_SHAPE_RULES_H
#define CNNC_SHAPE_RULES_H

#include "base/checked.h"
#include "base/diag.h"
#include "shape/shape.h"

struct inference {
    struct shape_context *context;
    struct arena *arena;
    struct diag *diag;
    struct node *node;
    const struct literal_weight *literals; /* ROLE_COUNT, or NULL */
    struct shape input;                    /* of the first input */
};

typedef bool shape_rule(struct inference *in); /* false after reporting */

/* Which kind has which rule is in layers.def and merges.def. */
shape_rule shape_rule_input, shape_rule_same, shape_rule_conv, shape_rule_dwconv, shape_rule_deconv, shape_rule_fc,
    shape_rule_rbf, shape_rule_flatten, shape_rule_dropout, shape_rule_pool, shape_rule_global_pool, shape_rule_prelu,
    shape_rule_bn, shape_rule_ln, shape_rule_in, shape_rule_gn, shape_rule_scale, shape_rule_shuffle,
    shape_rule_upsample, shape_rule_pad, shape_rule_crop, shape_rule_slice, shape_rule_reshape, shape_rule_transpose,
    shape_rule_broadcast, shape_rule_concat;

/* The span of an argument if it was written, else the node's. */
struct span shape_argument_span(const struct inference *in, const char *name);
/* "input 7x7x32 comes from POOL, line 6" after the carets; as a help where there is no source to show. */
void shape_label_input(const struct inference *in, struct message *message);
/* Reports that `what` overflows or passes LIMIT_ELEMENTS; returns false. */
bool shape_report_limit(const struct inference *in, const char *what);
/* Checks the result's size; rules that count over the result do so first. */
bool shape_check_size(const struct inference *in);
/* Reports counts that 64 bits do not hold; returns false. */
bool shape_report_count(const struct inference *in, const char *what);
/* Reports groups that do not divide `channels`, with the nearest numbers that divide both it and `also`. */
bool shape_check_groups(const struct inference *in, int64_t groups, int64_t channels, const char *which, int64_t also);

/* shape_field.c: how the receptive field grows. Each returns false after reporting numbers past all sense. */
bool shape_field_window(struct inference *in, struct pair reach, struct pair stride); /* reach: D*(F - 1) */
bool shape_field_whole(struct inference *in); /* every result sees the whole input */

/* shape_window.c: windows that slide. */
bool shape_check_window(const struct inference *in); /* arguments in range */
bool shape_slide(struct inference *in);              /* node->shape.h and .w; grows the field */

/* shape_weights.c: tensors of a layer, in the order of the calls. A literal stops them being trainable. */
bool shape_add_weight(struct inference *in, enum weight_role role, bool trainable, int rank, const int64_t dims[]);
bool shape_add_channel_weight(struct inference *in, enum weight_role role, bool trainable); /* [C] of the result */
bool shape_check_shared(const struct inference *in);
/* Has it as many numbers as the tensor, or one kernel, or one number? */
bool shape_check_literal(const struct inference *in, const struct literal_weight *literal, const char *what,
                         const struct weight *weight);

#endif
