/* Where the arguments of layers are stored. layers.def has their names, types and defaults; this table has the field of
 * struct layer_args that each one fills, so that neither the binder nor the writer of texts needs a list of its own. */
#ifndef CNNC_ARGUMENTS_H
#define CNNC_ARGUMENTS_H

#include "graph.h"

enum argument_store {
    STORE_NONE, /* only ever a literal: the numbers of a weight */
    STORE_WHOLE,
    STORE_REAL,
    STORE_FLAG,
    STORE_PAIR,
    STORE_SIDES, /* a pair that is always written with both numbers, 7x7 */
    STORE_PAD,   /* with its rule in pad_rule */
    STORE_SHAPE,
    STORE_MATRIX,
    STORE_CHANNELS, /* a literal that shape_normalise expands to one number per channel */
    STORE_WORD,     /* an enum, in the order of the words */
    STORE_IS_FIRST, /* a bool: true if the first of two words was chosen */
    STORE_IS_SECOND,
    STORE_AXES /* each letter of the word is an axis */
};

enum argument_form {
    FORM_NAMED,  /* name=value, unless the value is the default */
    FORM_BARE,   /* only the value, likewise */
    FORM_ALWAYS, /* only the value, even if it is the default */
    FORM_ALWAYS_NAMED
};

enum { ANY_LAYER = -1, NO_ROLE = -1 };

struct argument {
    const char *name;
    int kind; /* of the layer; ANY_LAYER: all that have no row of their own */
    enum argument_store store;
    size_t offset; /* in struct layer_args */
    int role;      /* of the weight whose numbers can be given as its value, or NO_ROLE */
    enum argument_form form;
};

/* In the order in which texts are written. */
extern const struct argument argument_table[];
extern const size_t argument_table_count;

/* The row of an argument that the kind has in layers.def. */
const struct argument *argument_of(enum layer_kind kind, const char *name);
void *argument_field(const struct argument *argument, struct layer_args *args);
const void *argument_value(const struct argument *argument, const struct layer_args *args);

/* The index of `word` among "a|b|c", or -1. */
int argument_choice(const char *words, const char *word);
/* "a, b or c" */
const char *argument_choices_text(struct arena *arena, const char *words);
/* Stores the choice of one of the words. */
void argument_choose(const struct argument *argument, const struct arg_spec *spec, int choice, struct layer_args *args);
/* The chosen word. */
const char *argument_word(struct arena *arena, const struct argument *argument, const struct arg_spec *spec,
                          const struct layer_args *args);
/* Sets the argument as if it were left out: to its default, or to nothing. */
void argument_leave_out(const struct argument *argument, const struct arg_spec *spec, struct layer_args *args);
/* Reals are compared as floats, since layers compute with floats. */
bool argument_equal(const struct argument *argument, const struct layer_args *a, const struct layer_args *b);

#endif
