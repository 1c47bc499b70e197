/* One argument: its type, its conversion, its place in struct layer_args. */
#ifndef CNNC_EXPAND_BIND_VALUE_H
#define CNNC_EXPAND_BIND_VALUE_H

#include "program.h"

enum { MAX_ARGUMENTS = 16 };

struct slot {
    const struct expr *value; /* NULL: not given, the default applies */
    struct place place;       /* where it is evaluated */
    struct span span;
    bool written; /* in the call itself, not in a default */
};

/* The argument's index in the kind's list, or -1; `name` may be an alias. */
int bind_argument_named(const struct program *program, enum layer_kind kind, const char *name);
/* F3x3S1P1: letters with one or two numbers each. */
bool bind_is_shorthand(const char *name);

/* Evaluates the slot (or its spec's fallback) and stores it in node->args or `literals`. */
bool bind_slot(const struct place *place, const struct item *item, struct node *node, const struct arg_spec *spec,
               const struct slot *slot, struct literal_weight literals[ROLE_COUNT]);

#endif
