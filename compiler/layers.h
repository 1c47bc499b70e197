/* The contents of layers.def, merges.def and pools.def as C: the kinds, their families and their argument lists. */
#ifndef CNNC_LAYERS_H
#define CNNC_LAYERS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum layer_kind {
#define LAYER(keyword, ...) LAYER_##keyword,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, ...) LAYER_##keyword,
#include "merges.def"
#undef MERGE
    LAYER_COUNT
};

/* clang-format off */
enum layer_family {
    FAMILY_ENDS, FAMILY_CONVOLUTION, FAMILY_DENSE, FAMILY_POOLING, FAMILY_ACTIVATION, FAMILY_NORMALISATION,
    FAMILY_REDUCTION, FAMILY_STRUCTURE, FAMILY_MERGE, FAMILY_COUNT
};
/* clang-format on */
extern const char *const layer_family_names[FAMILY_COUNT];

enum pool_kind {
#define POOL(name, word) POOL_KIND_##name,
#include "pools.def"
#undef POOL
    POOL_KIND_COUNT
};
extern const char *const pool_kind_words[POOL_KIND_COUNT];

/* clang-format off */
enum arg_type {
    ARG_WHOLE, ARG_NATURAL, ARG_INDEX, ARG_REAL, ARG_FLAG, ARG_PAIR, ARG_PAD, ARG_PAD2, ARG_SIZE, ARG_WORDS,
    ARG_LITERAL, ARG_MATRIX, ARG_BIAS
};
/* clang-format on */

struct arg_spec {
    const char *name;
    char alias; /* 'K', 'F', 'S', 'P' or 0 */
    enum arg_type type;
    const char *words;    /* ARG_WORDS: "max|avg|l2|gauss" */
    const char *fallback; /* the default's text, or NULL */
    bool optional;        /* may be left out and has no default */
};

struct layer_info {
    const char *keyword;
    enum layer_family family;
    const char *arguments; /* the row's argument text */
    const char *text;
};
extern const struct layer_info layer_table[LAYER_COUNT];

/* The kind with this keyword, or -1. */
int layer_kind_named(const char *keyword);
/* The kind of layer that gets such a name if it has no label, as "relu1"; or -1. */
int layer_kind_counted(const char *name);
bool layer_is_merge(enum layer_kind kind);
/* INPUT and CONST, which read no other layer. */
bool layer_begins_chain(enum layer_kind kind);
/* The kind that `kind` is a variant of, and whose defaults it shares; or -1. */
int layer_base(enum layer_kind kind);
/* What a layer of the family POOLING computes: fixed by its keyword, or for POOL, `argument`. */
enum pool_kind layer_pool(enum layer_kind kind, enum pool_kind argument);
/* The argument list of a kind, parsed from its row; *count receives its length. */
const struct arg_spec *layer_arguments(struct arena *arena, enum layer_kind kind, size_t *count);

#endif
