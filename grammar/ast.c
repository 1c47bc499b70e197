/* Constructors of the AST: they allocate and link, and make sure that no tree is deeper than
 * LIMIT_NESTING, so that walking one may recurse. */
#include "grammar/ast_make.h"

#include <string.h>

#include "base/arena.h"
#include "grammar/tokens.h"

static struct expr *new_expr(struct parse *parse, enum expr_kind kind, struct span span)
{
    struct expr *expr = ARENA_NEW(parse->arena, struct expr);
    expr->kind = kind;
    expr->span = span;
    expr->depth = 1;
    return expr;
}

/* Gives an expression its operands. A tree that would be too deep is reported and becomes a leaf. */
static struct expr *adopt(struct parse *parse, struct expr *expr, struct expr *const operands[], size_t count)
{
    expr->operands = ARENA_ARRAY(parse->arena, struct expr *, count);
    expr->count = count;
    memcpy(expr->operands, operands, count * sizeof *operands);
    for (size_t i = 0; i < count; i++)
        if (operands[i]->depth >= expr->depth)
            expr->depth = operands[i]->depth + 1;
    if (expr->depth <= LIMIT_NESTING)
        return expr;
    syntax_error_too_deep(parse, expr->span, "an expression");
    return make_integer(parse, expr->span, 0);
}

static struct expr *adopt_list(struct parse *parse, struct expr *expr, struct expr_list list)
{
    struct expr **operands = ARENA_ARRAY(parse->arena, struct expr *, list.count);
    size_t count = 0;
    for (struct expr *e = list.first; e; e = e->next)
        operands[count++] = e;
    return adopt(parse, expr, operands, count);
}

struct expr *make_integer(struct parse *parse, struct span span, int64_t value)
{
    struct expr *expr = new_expr(parse, EXPR_INTEGER, span);
    expr->integer = value;
    return expr;
}

struct expr *make_real(struct parse *parse, struct span span, double value)
{
    struct expr *expr = new_expr(parse, EXPR_REAL, span);
    expr->real = value;
    return expr;
}

struct expr *make_name(struct parse *parse, struct span span, enum expr_kind kind, const char *name)
{
    struct expr *expr = new_expr(parse, kind, span);
    expr->name = name;
    return expr;
}

struct expr *make_call(struct parse *parse, struct span span, const char *name, struct expr_list operands)
{
    struct expr *expr = make_name(parse, span, EXPR_CALL, name);
    return adopt_list(parse, expr, operands);
}

struct expr *make_tuple(struct parse *parse, struct span span, struct expr_list entries, bool is_size)
{
    struct expr *expr = new_expr(parse, EXPR_TUPLE, span);
    expr->is_size = is_size;
    return adopt_list(parse, expr, entries);
}

struct expr *make_unary(struct parse *parse, struct span span, enum expr_op op, struct expr *a)
{
    struct expr *expr = new_expr(parse, EXPR_UNARY, span);
    expr->op = op;
    return adopt(parse, expr, &a, 1);
}

struct expr *make_binary(struct parse *parse, struct span span, enum expr_op op, struct expr *a, struct expr *b)
{
    struct expr *expr = new_expr(parse, EXPR_BINARY, span);
    expr->op = op;
    return adopt(parse, expr, (struct expr *[]){a, b}, 2);
}

struct expr *make_conditional(struct parse *parse, struct span span, struct expr *yes, struct expr *condition,
                              struct expr *no)
{
    return adopt(parse, new_expr(parse, EXPR_COND, span), (struct expr *[]){yes, condition, no}, 3);
}

struct expr *make_matrix(struct parse *parse, struct span span, struct matrix_parts *parts)
{
    struct expr *expr = new_expr(parse, EXPR_MATRIX, span);
    expr->rows = parts->rows;
    expr->columns = parts->row_columns[0];
    expr->row_columns = parts->row_columns;
    return adopt_list(parse, expr, parts->entries);
}

struct expr_list list_expr(struct expr_list list, struct expr *expr)
{
    if (list.last)
        list.last->next = expr;
    else
        list.first = expr;
    list.last = expr;
    list.count++;
    return list;
}

struct matrix_parts *matrix_begin(struct parse *parse)
{
    return ARENA_NEW(parse->arena, struct matrix_parts);
}

void matrix_row(struct parse *parse, struct matrix_parts *parts, struct expr_list row)
{
    if (parts->entries.last)
        parts->entries.last->next = row.first;
    else
        parts->entries.first = row.first;
    parts->entries.last = row.last;
    parts->entries.count += row.count;
    if (parts->rows == parts->capacity)
        parts->row_columns = vec_grow(parse->arena, parts->row_columns, &parts->capacity, sizeof *parts->row_columns);
    parts->row_columns[parts->rows++] = row.count;
}

struct arg_list list_arg(struct arg_list list, struct arg *arg)
{
    if (list.last)
        list.last->next = arg;
    else
        list.first = arg;
    list.last = arg;
    return list;
}

struct arg *make_arg(struct parse *parse, struct span span, struct named name, struct expr *value)
{
    struct arg *arg = ARENA_NEW(parse->arena, struct arg);
    arg->name = name.name;
    arg->name_span = name.span;
    arg->span = span;
    arg->value = value;
    return arg;
}

struct formal_list list_formal(struct formal_list list, struct formal *formal)
{
    if (list.last)
        list.last->next = formal;
    else
        list.first = formal;
    list.last = formal;
    return list;
}

struct formal *make_formal(struct parse *parse, struct named name, struct expr *value)
{
    struct formal *formal = ARENA_NEW(parse->arena, struct formal);
    formal->name = name.name;
    formal->span = name.span;
    formal->value = value;
    return formal;
}

struct recipe_list list_recipe(struct recipe_list list, struct recipe_item *item)
{
    if (list.last)
        list.last->next = item;
    else
        list.first = item;
    list.last = item;
    return list;
}

struct recipe_item *make_recipe(struct parse *parse, struct span span, struct named name)
{
    struct recipe_item *item = ARENA_NEW(parse->arena, struct recipe_item);
    item->span = span;
    item->name = name.name;
    item->name_span = name.span;
    return item;
}

struct item *make_item(struct parse *parse, enum item_kind kind, struct named name)
{
    struct item *item = ARENA_NEW(parse->arena, struct item);
    item->kind = kind;
    item->name = name.name;
    item->name_span = name.span;
    return item;
}

struct suffix *make_suffix(struct parse *parse, struct span span, enum suffix_kind kind, struct expr *value,
                           const char *index)
{
    struct suffix *suffix = ARENA_NEW(parse->arena, struct suffix);
    suffix->kind = kind;
    suffix->span = span;
    suffix->value = value;
    suffix->index = index;
    return suffix;
}

/* Each suffix wraps what precedes it, so they nest like brackets. */
struct suffix_list list_suffix(struct parse *parse, struct suffix_list list, struct suffix *suffix)
{
    if (list.count == LIMIT_NESTING) {
        syntax_error_too_deep(parse, suffix->span, "a row of suffixes");
        return list;
    }
    if (list.last)
        list.last->next = suffix;
    else
        list.first = suffix;
    list.last = suffix;
    list.count++;
    return list;
}

struct element *make_element(struct parse *parse, struct span span, struct item *item, struct expr *condition,
                             struct element *otherwise)
{
    struct element *element = ARENA_NEW(parse->arena, struct element);
    element->span = span;
    element->item = item;
    element->condition = condition;
    element->otherwise = otherwise;
    return element;
}

struct chain_parts chain_begin(struct parse *parse, struct element *element)
{
    struct chain *chain = ARENA_NEW(parse->arena, struct chain);
    chain->elements = element;
    return (struct chain_parts){chain, element};
}

struct chain_parts chain_add(struct chain_parts parts, struct element *element)
{
    parts.last->next = element;
    parts.last = element;
    return parts;
}

struct chain *make_empty_chain(struct parse *parse, struct span span)
{
    struct chain *chain = ARENA_NEW(parse->arena, struct chain);
    chain->span = span;
    return chain;
}

struct chain_list list_branch(struct chain_list list, struct chain *chain)
{
    if (list.last)
        list.last->next = chain;
    else
        list.first = chain;
    list.last = chain;
    return list;
}

struct statement *make_statement(struct parse *parse, enum statement_kind kind, struct span span, struct named name)
{
    struct statement *statement = ARENA_NEW(parse->arena, struct statement);
    statement->kind = kind;
    statement->span = span;
    statement->name = name.name;
    statement->name_span = name.span;
    return statement;
}

void add_statement(struct parse *parse, struct statement *statement)
{
    if (parse->last)
        parse->last->next = statement;
    else
        parse->ast->statements = statement;
    parse->last = statement;
}
