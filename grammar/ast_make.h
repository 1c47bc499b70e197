/* Constructors of the AST, called by the parser's actions. They check nothing but the depth of trees. */
#ifndef CNNC_GRAMMAR_AST_MAKE_H
#define CNNC_GRAMMAR_AST_MAKE_H

#include "grammar/ast.h"

struct parse;

/* Lists while they are being built. */
struct expr_list {
    struct expr *first, *last;
    size_t count;
};
struct arg_list {
    struct arg *first, *last;
};
struct formal_list {
    struct formal *first, *last;
};
struct recipe_list {
    struct recipe_item *first, *last;
};
struct suffix_list {
    struct suffix *first, *last;
    int count;
};
struct chain_list { /* branches */
    struct chain *first, *last;
};
struct chain_parts { /* a chain and its last element */
    struct chain *chain;
    struct element *last;
};
struct matrix_parts {
    struct expr_list entries;
    size_t *row_columns, rows, capacity;
};
struct named {
    const char *name;
    struct span span;
};

struct expr *make_integer(struct parse *parse, struct span span, int64_t value);
struct expr *make_real(struct parse *parse, struct span span, double value);
struct expr *make_name(struct parse *parse, struct span span, enum expr_kind kind, const char *name);
struct expr *make_call(struct parse *parse, struct span span, const char *name, struct expr_list operands);
struct expr *make_tuple(struct parse *parse, struct span span, struct expr_list entries, bool is_size);
struct expr *make_unary(struct parse *parse, struct span span, enum expr_op op, struct expr *a);
struct expr *make_binary(struct parse *parse, struct span span, enum expr_op op, struct expr *a, struct expr *b);
struct expr *make_conditional(struct parse *parse, struct span span, struct expr *yes, struct expr *condition,
                              struct expr *no);
struct expr *make_matrix(struct parse *parse, struct span span, struct matrix_parts *parts);
struct expr_list list_expr(struct expr_list list, struct expr *expr);
struct matrix_parts *matrix_begin(struct parse *parse);
void matrix_row(struct parse *parse, struct matrix_parts *parts, struct expr_list row);

struct arg_list list_arg(struct arg_list list, struct arg *arg);
struct arg *make_arg(struct parse *parse, struct span span, struct named name, struct expr *value);
struct formal_list list_formal(struct formal_list list, struct formal *formal);
struct formal *make_formal(struct parse *parse, struct named name, struct expr *value);

struct recipe_list list_recipe(struct recipe_list list, struct recipe_item *item);
struct recipe_item *make_recipe(struct parse *parse, struct span span, struct named name);

struct item *make_item(struct parse *parse, enum item_kind kind, struct named name);
struct suffix *make_suffix(struct parse *parse, struct span span, enum suffix_kind kind, struct expr *value,
                           const char *index);
struct suffix_list list_suffix(struct parse *parse, struct suffix_list list, struct suffix *suffix);
struct element *make_element(struct parse *parse, struct span span, struct item *item, struct expr *condition,
                             struct element *otherwise);
struct chain_parts chain_begin(struct parse *parse, struct element *element);
struct chain_parts chain_add(struct chain_parts parts, struct element *element);
struct chain *make_empty_chain(struct parse *parse, struct span span);
struct chain_list list_branch(struct chain_list list, struct chain *chain);

struct statement *make_statement(struct parse *parse, enum statement_kind kind, struct span span, struct named name);
void add_statement(struct parse *parse, struct statement *statement);

#endif
