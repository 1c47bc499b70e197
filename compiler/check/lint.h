/* Internal to check/: what the lints share. */
#ifndef CNNC_CHECK_LINT_H
#define CNNC_CHECK_LINT_H

#include "base/diag.h"
#include "graph.h"
#include "shape/origin.h"

struct readers {
    struct node **items; /* one entry for each time a node's tensor is read */
    size_t count;
};

struct lint {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    const struct source *source; /* or NULL */
    /* by node id: */
    struct readers *readers;
    bool *convolved; /* it is, or depends on, a convolution */
    bool *shared;    /* it has the weights of another layer, or another one has its */
    bool *reasoned;  /* by check: a message of this rule of thumb has said why */
    bool *collapsed; /* it is 1x1, and so is all computed from it: the end of a classifier, not an SE block */
};

typedef void lint_rule(const struct lint *lint, const struct node *node);

lint_rule lint_fit, lint_even_filter, lint_pool_pad;                                     /* lint_window.c */
lint_rule lint_linear, lint_softmax_not_last, lint_bn_after_activation, lint_clip_range; /* lint_chain.c */
/* lint_network.c */
lint_rule lint_receptive_field, lint_dead, lint_big_fc, lint_channels_first;

lint_rule lint_rules; /* lint_rules.c: those of -Wrules that are on */

/* lint_train.c, of a text with train statements: of each layer, and of the recipe */
lint_rule lint_bias_before_bn, lint_dropout_before_bn, lint_bn_of_one;
void lint_recipe(const struct lint *lint);

/* The only reader of a tensor that is not an output; NULL if there are several or none. */
const struct node *lint_only_reader(const struct lint *lint, const struct node *node);
bool lint_is_sliding(const struct node *node);    /* CONV, DWCONV, and pools with a window */
bool lint_is_activation(const struct node *node); /* without SOFTMAX and LOGSOFTMAX */
/* "pool2 (POOL), line 6" */
const char *lint_place(const struct lint *lint, const struct node *node);
/* A label after the carets; a help line where there is no source line to show. */
void lint_label(const struct lint *lint, struct message *message, const char *text);

#endif
