/* Values of expressions, and their evaluation. */
#ifndef CNNC_EXPAND_VALUE_H
#define CNNC_EXPAND_VALUE_H

#include "grammar/ast.h"
#include "graph.h"

struct param;
struct program;
struct table;

enum value_kind { VALUE_INTEGER, VALUE_REAL, VALUE_WORD, VALUE_TUPLE, VALUE_MATRIX };

struct value {
    enum value_kind kind;
    struct span span; /* of the expression it came from */
    int64_t integer;
    double real;
    const char *word;
    struct value *items; /* VALUE_TUPLE */
    size_t count;
    const struct matrix *matrix;
};

/* A name in scope: a formal, a repeat's index. The innermost first. */
struct binding {
    const char *name;
    struct value value;
    const struct binding *outer;
};

/* The context of an expression: its names, and the tensor whose H, W and C it can use. */
struct place {
    struct program *program;
    const struct binding *names;
    const struct node *tensor; /* or NULL */
};

/* A place like `place`, with H, W and C those of `node`. */
struct place place_at(const struct place *place, const struct node *node);

/* Each returns false after reporting what is wrong. */
bool value_of(const struct place *place, const struct expr *expr, struct value *value);
bool value_truth(const struct place *place, const struct expr *expr, bool *truth);
bool value_integer(const struct place *place, const struct expr *expr, const char *what, int64_t *integer);
bool value_matrix(const struct place *place, const struct expr *expr, struct matrix **matrix);

/* The value of a param or table, evaluated when first asked for. */
bool param_value(struct program *program, struct param *param, struct value *value);
bool table_matrix(struct program *program, struct table *table, struct matrix **matrix);

/* Counts terms about to be evaluated: the work that a short text can cause is bounded. */
bool value_spend(const struct place *place, struct span span, int64_t terms);

double value_number(const struct value *value); /* of an integer or a real */
bool value_is_number(const struct value *value);
/* A value as the user might have written it, for messages. */
const char *value_text(struct arena *arena, const struct value *value);
const char *value_kind_name(const struct value *value);

#endif
