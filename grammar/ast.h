/* What the parser makes of a text: names, numbers and structure, no shapes. Every node carries its
 * span and lives in the compilation's arena. Lists are linked in text order. */
#ifndef CNNC_GRAMMAR_AST_H
#define CNNC_GRAMMAR_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/source.h"

struct arena;
struct diag;

enum expr_kind {
    EXPR_INTEGER, /* integer */
    EXPR_REAL,    /* real */
    EXPR_WORD,    /* name: a value word, `same`, `yes`, ... */
    EXPR_NAME,    /* name: a param, formal, index, table, or one of H W C */
    EXPR_CALL,    /* name(operands): a function or a table look-up */
    EXPR_UNARY,   /* op operands[0]: '-', '+', '!' (not) */
    EXPR_BINARY,  /* operands[0] op operands[1] */
    EXPR_COND,    /* operands[0] if operands[1] else operands[2] */
    EXPR_TUPLE,   /* (a, b, ...), and a SIZE such as 3x3 (is_size) */
    EXPR_MATRIX   /* [a b; c d]: rows x columns operands, row by row */
};

/* clang-format off */
enum expr_op {
    OP_ADD = '+', OP_SUB = '-', OP_MUL = '*', OP_DIV = '/', OP_MOD = '%', OP_POW = '^', OP_NOT = '!',
    OP_LT = '<', OP_GT = '>',
    OP_LE = 256, OP_GE, OP_EQ, OP_NE, OP_AND, OP_OR
};
/* clang-format on */

struct expr {
    enum expr_kind kind;
    struct span span;
    int64_t integer;
    double real;
    const char *name;
    enum expr_op op;
    int depth; /* of the subtree: 1 for a leaf, at most LIMIT_NESTING */
    struct expr **operands;
    size_t count;
    bool is_size;
    size_t rows, columns;      /* EXPR_MATRIX: columns of the first row */
    const size_t *row_columns; /* EXPR_MATRIX: entries of each row (the expander reports ragged ones) */
    struct expr *next;         /* while a list is being built */
};

struct arg {
    const char *name; /* NULL: positional */
    struct span name_span, span;
    struct expr *value;
    struct arg *next;
};

/* `block.0`, `enc{i}`, "quoted": text parts and {expr} parts in turn. */
struct label_part {
    const char *text; /* or NULL, and then: */
    struct expr *expr;
    struct label_part *next;
};

struct label {
    struct span span; /* without the ':' */
    struct label_part *parts;
    bool quoted;
};

enum item_kind {
    ITEM_CALL,  /* NAME or NAME(args): a layer, a block, or NONE; the expander knows which */
    ITEM_GROUP, /* [ chain ]; an empty chain is the identity */
    ITEM_MERGE, /* NAME{ chain | chain } */
    ITEM_FROM,  /* FROM(ref) */
    ITEM_SHARE  /* SHARE(ref) */
};

enum suffix_kind { SUFFIX_REPEAT, SUFFIX_OPTIONAL, SUFFIX_ASSERT };

struct suffix { /* applied to what precedes it, the first one innermost */
    enum suffix_kind kind;
    struct span span;
    struct expr *value; /* the count, or the asserted size */
    const char *index;  /* `as NAME`, or NULL */
    struct suffix *next;
};

struct chain;

struct item {
    enum item_kind kind;
    struct span span;      /* the whole item with label and suffixes */
    struct label *label;   /* or NULL */
    const char *name;      /* ITEM_CALL, ITEM_MERGE */
    struct span name_span; /* of the name, the bracket or FROM/SHARE */
    bool has_args;         /* parentheses were written */
    struct arg *args;
    struct chain *body;      /* ITEM_GROUP: the chain; ITEM_MERGE: the branches, linked */
    struct label *reference; /* ITEM_FROM, ITEM_SHARE */
    struct suffix *suffixes;
    bool unknown; /* in a text with mistakes, what expand_known leaves out */
};

struct element { /* item [if condition [else otherwise]] */
    struct span span;
    struct item *item;
    struct expr *condition;    /* or NULL */
    struct element *otherwise; /* or NULL */
    struct element *next;
};

struct chain {
    struct span span;
    struct element *elements; /* NULL: the identity */
    struct chain *next;       /* the next branch of a merge */
};

/* Of a train statement: WORD, WORD(args), name=value or, for freeze and head, name=reference. */
struct recipe_item {
    struct span span;
    const char *name;
    struct span name_span;
    bool has_args; /* parentheses were written */
    struct arg *args;
    struct expr *value;      /* or NULL */
    struct label *reference; /* or NULL */
    struct recipe_item *next;
};

struct formal {
    const char *name;
    struct span span;
    struct expr *value; /* the default, or NULL */
    struct formal *next;
};

/* clang-format off */
enum statement_kind {
    STATEMENT_NETWORK, STATEMENT_PARAM, STATEMENT_DEFAULT, STATEMENT_BLOCK, STATEMENT_TABLE, STATEMENT_EXPECT,
    STATEMENT_TRAIN, STATEMENT_CHAIN
};
/* clang-format on */

struct statement {
    enum statement_kind kind;
    struct span span;
    const char *name; /* network, param, default (the layer's keyword), block, table, expect (the quantity) */
    struct span name_span;
    struct expr *value; /* param, table (EXPR_MATRIX), expect's right side */
    struct arg *args;   /* default */
    struct formal *formals;
    struct chain *chain;       /* block's body, or the chain */
    enum expr_op op;           /* expect */
    struct recipe_item *items; /* train */
    struct statement *next;
};

/* For the formatter: byte offsets of every '-' that was read as an arrow, in text order. */
struct arrow_minus {
    const uint32_t *offsets;
    size_t count;
};

struct ast {
    struct statement *statements;
    struct arrow_minus arrows;
};

/* Parses the source and reports every syntax error it can; never returns NULL. Statements that could
 * not be parsed are left out. diag_failed(diag) says whether there were errors. */
struct ast *grammar_parse(struct arena *arena, const struct source *source, struct diag *diag);
/* An expression alone (for -D NAME=value); NULL after reporting an error in it. */
struct expr *grammar_parse_expression(struct arena *arena, const struct source *source, struct diag *diag);

#endif
