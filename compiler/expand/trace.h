/* What happened to each piece of a text while it was expanded, for an editor; and how much of a text with mistakes
 * can be known. */
#ifndef CNNC_EXPAND_TRACE_H
#define CNNC_EXPAND_TRACE_H

#include "base/map.h"
#include "expand.h"

struct binding;

/* What a full name refers to. */
struct labelled {
    const char *name;
    struct span span;        /* of the text that named it */
    struct node *tensor;     /* the final result; NULL while it is being expanded */
    const struct item *item; /* for SHARE, with the names in scope there: */
    const struct binding *names;
    size_t first_node, end_node;
    int uses;
};

struct trace_step { /* an item, with all its suffixes, and its result */
    const struct item *item;
    const char *path; /* of the scope that it stands in; "" for the network itself */
    const struct node *node;
};

struct trace_use {
    const struct label *reference;
    const struct labelled *found;
};

struct trace_param {
    const char *name, *value; /* as a text would write it */
};

/* An item in a block or a repeat has a step for each time that it was expanded. What an optional item left out, or a
 * branch that is NONE, has none. */
struct trace {
    const struct graph *graph; /* of expand_known: it is not finished, and layers that failed have no shape */
    struct map labels;         /* full name to struct labelled */
    struct VEC(struct trace_step) steps;
    struct VEC(struct trace_use) uses;
    struct VEC(struct trace_param) params;
};

/* expand_network, which also fills in the trace, unless that is NULL. */
struct expansion *expand_traced(struct arena *arena, struct diag *diag, const struct source *source,
                                const struct ast *ast, const struct define *defines, const char *name, const char *stem,
                                struct trace *trace);
/* Expands what can be expanded of a text with mistakes, and says nothing about them. A chain is followed up to its
 * first mistake; a definition that is wrong counts as missing. It marks items of the tree as `unknown`. */
void expand_known(struct arena *arena, const struct source *source, const struct ast *ast, const struct define *defines,
                  const char *stem, struct trace *trace);

#endif
