/* Where each name of a text is defined and used. */
#ifndef CNNC_SERVE_NAMES_H
#define CNNC_SERVE_NAMES_H

#include "serve/analysis.h"

enum name_kind {
    NAME_PARAM,  /* or table; the key is its statement */
    NAME_BLOCK,  /* its statement */
    NAME_FORMAL, /* its struct formal */
    NAME_INDEX,  /* the struct suffix with `as` */
    NAME_LABEL,  /* the struct label that gives it */
    NAME_LAYER   /* a layer without a label, by the name that cnnc gives it: its struct item */
};

struct occurrence {
    struct span span;
    enum name_kind kind;
    const void *key;
    bool defines;
    bool computed; /* a label or reference with {expressions}, which stands for several names */
};

struct occurrences {
    struct occurrence *items;
    size_t count;
};

/* In no particular order. References to labels are known as far as the text was expanded. */
struct occurrences names_of(struct analysis *a, struct arena *arena);

#endif
