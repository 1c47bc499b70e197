/* How a network learns: what the train statements of its text say, and the defaults for the rest. The expander fills it
 * in (expand/train.c); a graph always has one. The words and the ranges of numbers are in recipes.def. */
#ifndef CNNC_RECIPE_H
#define CNNC_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "recipes.h"

struct graph;
struct node;

/* What each word of a recipe begins with. */
struct recipe_choice {
    enum recipe_word word;
    bool written;     /* in the text; else it is the default */
    struct span span; /* of the word with its arguments, if it is written */
};

/* Fields that the word does not have are zero. */
struct recipe_optimiser {
    struct recipe_choice choice;
    double lr, momentum, decay, beta1, beta2, eps, alpha;
    bool nesterov;
};

struct recipe_epochs {
    const int64_t *items; /* at least 1, each greater than the one before */
    size_t count;
};

struct recipe_schedule {
    struct recipe_choice choice;
    double factor, warmup, peak, from;
    double to; /* COSINE, LINEAR: a rate; ONECYCLE: a share of lr */
    int64_t patience;
    struct recipe_epochs at;
};

struct recipe_loss {
    struct recipe_choice choice;
    double smoothing, margin;
};

struct recipe_initialisation {
    struct recipe_choice choice;
    double sd, bound;
};

struct recipe_augmentation {
    struct recipe_choice choice;
    double p, degrees, lo, hi, sd, amount, alpha;
    int64_t pad, pixels, size;
};

struct recipe_freeze {
    const char *label; /* as written: a full name, or what full names begin with */
    struct span span;
    int64_t tensors; /* that it holds and training would change */
};

struct recipe_head {
    const char *label; /* as written, or NULL: an output without a head= of its own */
    struct span span;
    size_t output; /* index in graph.outputs */
    double weight; /* of its loss */
};

/* Arguments that were parsed once, however often the word is used. */
struct recipe_row {
    const struct recipe_argument *arguments;
    size_t count;
};

struct recipe {
    struct recipe_row words[RECIPE_WORD_COUNT], settings[SETTING_COUNT];
    bool written; /* the text has a train statement */
    struct recipe_optimiser optimiser;
    struct recipe_schedule schedule;
    struct recipe_loss loss;
    struct recipe_initialisation initialisation;
    struct VEC(struct recipe_augmentation) augmentations; /* in order */
    int64_t epochs, batch, seed;
    double clip, average; /* 0: off */
    bool whiten;          /* recipe_whitened() says which layer */
    struct span whiten_span;
    struct VEC(struct recipe_freeze) freezes;
    struct VEC(struct recipe_head) heads; /* in the order of graph.outputs */

    /* by node id, and for weights the id of the node that owns them (node.shares): */
    bool *frozen;  /* a freeze= names it; filled in by the expander */
    bool *reached; /* a loss depends on it; this and the rest are filled in by recipe_finish */
    bool *trained; /* training changes its weights: not frozen, and reached, through a layer that shares them too */
    int64_t trained_params, frozen_params; /* frozen_params: of those that are needed */
};

/* The recipe of a text without a train statement: SGD(0.01, momentum=0.9), CONSTANT, CROSSENTROPY, HE, and the defaults
 * of the settings. */
struct recipe *recipe_new(struct arena *arena);
/* Puts a word with the default values of its arguments in the place of its family (an augmentation at the end of the
 * list). `span`: where it is written. */
struct recipe_choice *recipe_choose(struct arena *arena, struct recipe *recipe, enum recipe_word word,
                                    struct span span);
/* Where the value of a word's argument is: a double, an int64_t, a bool or a struct recipe_epochs, by its type. */
void *recipe_field(struct recipe_choice *choice, const struct recipe_argument *argument);
/* The same for a setting; NULL for one that takes a label, and for weight. */
void *recipe_setting_field(struct recipe *recipe, const struct recipe_argument *argument);
/* The convolution that reads INPUT, and nothing else does: whiten=yes gives it its first weights. NULL: there is none. */
const struct node *recipe_whitened(const struct graph *graph);
/* The id of the node that owns the weights of this one. */
int recipe_owner(const struct node *node);
/* Once the graph is finished and the recipe bound: heads for all outputs if it has none, what is reached, and what is
 * trained. */
void recipe_finish(struct graph *graph);

/* A word as one would write it, without defaults: "SGD(0.1, momentum=0.9)". */
const char *recipe_words(struct arena *arena, const struct recipe_choice *choice);
/* A value as one would write it: "0.1", "yes", "(30, 60)"; so that reading it gives the same value. */
const char *recipe_value_words(struct arena *arena, const struct recipe_argument *argument, const void *value);
/* Is the value another one than the default? */
bool recipe_value_differs(struct arena *arena, const struct recipe_argument *argument, const void *value);

#endif
