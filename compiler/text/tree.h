/* Between the files that write a graph as text: the parts of a chain, before it is printed. */
#ifndef CNNC_TEXT_TREE_H
#define CNNC_TEXT_TREE_H

#include "base/map.h"
#include "base/text.h"
#include "graph.h"

enum part_kind { PART_LAYER, PART_MERGE, PART_FROM, PART_SHARE, PART_MARK /* label: [] */, PART_REPEAT };

/* A label with numbers that may follow the indices of repeats around it: "layer" 1 "." 0+1*i ".conv" 1 */
struct label_term {
    const struct part *repeat;
    int64_t factor;
};
struct label_piece {
    const char *text; /* NULL: a number */
    int64_t constant;
    struct VEC(struct label_term) terms;
};
struct pattern {
    struct VEC(struct label_piece) pieces;
    bool quoted;
};

struct chain_parts {
    struct VEC(struct part *) parts;
};

struct part {
    enum part_kind kind;
    const struct node *node;
    const char *words;                         /* "CONV(64, 3x3)", "ADD", "" */
    struct pattern *label;                     /* or NULL; PART_FROM, PART_SHARE: what they refer to */
    struct VEC(struct chain_parts *) branches; /* PART_MERGE */
    struct chain_parts *body;                  /* PART_REPEAT */
    int64_t count;
};

/* Arguments that most layers of a kind have in common: written once, above the chains. */
struct text_defaults {
    bool no_bias; /* CONV, and so DWCONV */
    double bn_eps;
    const struct arg_spec *arguments[LAYER_COUNT]; /* of layers.def */
    size_t argument_counts[LAYER_COUNT];
};
/* words.c: finds the defaults and writes their statements; a layer with its other arguments. */
struct text_defaults find_defaults(const struct graph *graph, struct text *out);
const char *layer_words(struct arena *arena, const struct text_defaults *defaults, const struct node *node);
/* train.c: the train statements; `labels`: those that the text gives to its layers, by node id, or NULL. */
void add_recipe(struct text *out, const struct graph *graph, const char *const labels[]);
/* fold.c: labels, and runs of equal parts as repeats. */
struct pattern *pattern_new(struct arena *arena, const char *name);
void fold_repeats(struct arena *arena, struct chain_parts *chain);

#endif
