/* Evaluation of expressions: 64-bit checked integers, exact division, reals, words, tuples, tables.
 * No libm: the meaning of a text must not depend on the machine. */
#include "value.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"
#include "program.h"

struct place place_at(const struct place *place, const struct node *node)
{
    return (struct place){place->program, place->names, node};
}

static bool fail(const struct place *place, enum check check, struct span span, const char *text)
{
    diag_report(place->program->diag, check, span, "%s", text);
    return false;
}

bool value_is_number(const struct value *value)
{
    return value->kind == VALUE_INTEGER || value->kind == VALUE_REAL;
}

double value_number(const struct value *value)
{
    return value->kind == VALUE_INTEGER ? (double)value->integer : value->real;
}

const char *value_kind_name(const struct value *value)
{
    static const char *const names[] = {"a whole number", "a real number", "a word", "a size", "a table"};
    return names[value->kind];
}

/* Shortened if it is long: for messages. */
static const char *tuple_text(struct arena *arena, const struct value *value)
{
    enum { MOST_SHOWN = 8 };
    const char *text = "";
    for (size_t i = 0; i < value->count && i < MOST_SHOWN; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? "x" : "", value_text(arena, &value->items[i]));
    return value->count > MOST_SHOWN ? arena_printf(arena, "%sx...", text) : text;
}

const char *value_text(struct arena *arena, const struct value *value)
{
    switch (value->kind) {
    case VALUE_INTEGER: return arena_printf(arena, "%lld", (long long)value->integer);
    case VALUE_REAL: return arena_printf(arena, "%.6g", value->real);
    case VALUE_WORD: return value->word;
    case VALUE_TUPLE: return tuple_text(arena, value);
    case VALUE_MATRIX:
        return arena_printf(arena, "a %lldx%lld table", (long long)value->matrix->rows,
                            (long long)value->matrix->columns);
    }
    return "";
}

static struct value integer_value(int64_t integer)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = integer};
}

static bool set_real(const struct place *place, const struct expr *expr, double real, struct value *value)
{
    if (!isfinite(real))
        return fail(place, CHECK_EXPRESSION, expr->span, "the value of this expression is not finite");
    *value = (struct value){.kind = VALUE_REAL, .real = real};
    return true;
}

static bool overflow(const struct place *place, const struct expr *expr)
{
    return fail(place, CHECK_EXPRESSION, expr->span, "the value of this expression does not fit in 64 bits");
}

/* base^exponent by squaring. */
static bool power(const struct place *place, const struct expr *expr, const struct value *base,
                  const struct value *exponent, struct value *value)
{
    if (exponent->kind != VALUE_INTEGER)
        return fail(place, CHECK_EXPRESSION, expr->operands[1]->span, "an exponent must be a whole number");
    int64_t count = exponent->integer;
    if (base->kind == VALUE_INTEGER && count >= 0) {
        int64_t result = 1, factor = base->integer;
        while (count) {
            if ((count & 1) && !checked_mul(result, factor, &result))
                return overflow(place, expr);
            count >>= 1;
            if (count && !checked_mul(factor, factor, &factor))
                return overflow(place, expr);
        }
        *value = integer_value(result);
        return true;
    }
    bool inverse = count < 0;
    uint64_t left = inverse ? 0 - (uint64_t)count : (uint64_t)count;
    double result = 1, factor = value_number(base);
    for (; left; left >>= 1) {
        if (left & 1)
            result *= factor;
        factor *= factor;
    }
    if (inverse && result == 0)
        return fail(place, CHECK_EXPRESSION, expr->span, "division by zero");
    return set_real(place, expr, inverse ? 1 / result : result, value);
}

static bool divide(const struct place *place, const struct expr *expr, const struct value *a, const struct value *b,
                   struct value *value)
{
    if (value_number(b) == 0)
        return fail(place, CHECK_EXPRESSION, expr->operands[1]->span, "division by zero");
    bool whole = a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER;
    if (whole && a->integer == INT64_MIN && b->integer == -1)
        return overflow(place, expr);
    if (expr->op == OP_MOD) {
        if (!whole)
            return fail(place, CHECK_EXPRESSION, expr->span, "% needs whole numbers on both sides");
        int64_t rest = a->integer % b->integer;
        *value = integer_value(rest && (rest < 0) != (b->integer < 0) ? rest + b->integer : rest);
        return true;
    }
    if (whole && a->integer % b->integer == 0) {
        *value = integer_value(a->integer / b->integer);
        return true;
    }
    return set_real(place, expr, value_number(a) / value_number(b), value);
}

static bool arithmetic(const struct place *place, const struct expr *expr, const struct value *a, const struct value *b,
                       struct value *value)
{
    if (expr->op == OP_POW)
        return power(place, expr, a, b, value);
    if (expr->op == OP_DIV || expr->op == OP_MOD)
        return divide(place, expr, a, b, value);
    if (a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER) {
        int64_t result;
        bool fits = expr->op == OP_ADD   ? checked_add(a->integer, b->integer, &result)
                    : expr->op == OP_SUB ? checked_sub(a->integer, b->integer, &result)
                                         : checked_mul(a->integer, b->integer, &result);
        if (!fits)
            return overflow(place, expr);
        *value = integer_value(result);
        return true;
    }
    double x = value_number(a), y = value_number(b);
    return set_real(place, expr, expr->op == OP_ADD ? x + y : expr->op == OP_SUB ? x - y : x * y, value);
}

static int compare(const struct value *a, const struct value *b)
{
    if (a->kind == VALUE_INTEGER && b->kind == VALUE_INTEGER)
        return (a->integer > b->integer) - (a->integer < b->integer);
    double x = value_number(a), y = value_number(b);
    return (x > y) - (x < y);
}

static bool comparison(const struct place *place, const struct expr *expr, const struct value *a, const struct value *b,
                       struct value *value)
{
    bool equality = expr->op == OP_EQ || expr->op == OP_NE;
    if (equality && a->kind == VALUE_WORD && b->kind == VALUE_WORD) {
        *value = integer_value((strcmp(a->word, b->word) == 0) == (expr->op == OP_EQ));
        return true;
    }
    if (!value_is_number(a) || !value_is_number(b)) {
        diag_report(place->program->diag, CHECK_EXPRESSION, expr->span, "%s cannot be compared with %s",
                    value_kind_name(a), value_kind_name(b));
        return false;
    }
    int order = compare(a, b);
    bool holds = expr->op == OP_LT   ? order < 0
                 : expr->op == OP_LE ? order <= 0
                 : expr->op == OP_GT ? order > 0
                 : expr->op == OP_GE ? order >= 0
                 : expr->op == OP_EQ ? order == 0
                                     : order != 0;
    *value = integer_value(holds);
    return true;
}

static bool number_operand(const struct place *place, const struct expr *operand, const struct value *value)
{
    if (value_is_number(value))
        return true;
    diag_report(place->program->diag, CHECK_EXPRESSION, operand->span, "expected a number, but this is %s",
                value_kind_name(value));
    return false;
}

static bool binary(const struct place *place, const struct expr *expr, struct value *value)
{
    struct value a, b;
    if (expr->op == OP_AND || expr->op == OP_OR) {
        bool left, right;
        if (!value_truth(place, expr->operands[0], &left))
            return false;
        if (left == (expr->op == OP_OR))
            right = left;
        else if (!value_truth(place, expr->operands[1], &right))
            return false;
        *value = integer_value(right);
        return true;
    }
    if (!value_of(place, expr->operands[0], &a) || !value_of(place, expr->operands[1], &b))
        return false;
    if (expr->op == OP_LT || expr->op == OP_GT || expr->op >= OP_LE)
        return comparison(place, expr, &a, &b, value);
    return number_operand(place, expr->operands[0], &a) && number_operand(place, expr->operands[1], &b) &&
           arithmetic(place, expr, &a, &b, value);
}

static bool unary(const struct place *place, const struct expr *expr, struct value *value)
{
    if (expr->op == OP_NOT) {
        bool truth;
        if (!value_truth(place, expr->operands[0], &truth))
            return false;
        *value = integer_value(!truth);
        return true;
    }
    struct value a;
    if (!value_of(place, expr->operands[0], &a) || !number_operand(place, expr->operands[0], &a))
        return false;
    if (expr->op == OP_SUB && a.kind == VALUE_INTEGER) {
        if (!checked_sub(0, a.integer, &a.integer))
            return overflow(place, expr);
    } else if (expr->op == OP_SUB) {
        a.real = -a.real;
    }
    *value = a;
    return true;
}

static bool round_real(const struct place *place, const struct expr *expr, bool up, struct value *value)
{
    if (value->kind == VALUE_INTEGER)
        return true;
    if (!(value->real > -9.2e18 && value->real < 9.2e18))
        return overflow(place, expr);
    int64_t whole = (int64_t)value->real;
    if (!up && (double)whole > value->real)
        whole--;
    if (up && (double)whole < value->real)
        whole++;
    *value = integer_value(whole);
    return true;
}

static bool function(const struct place *place, const struct expr *expr, struct value *value)
{
    bool several = strcmp(expr->name, "min") == 0 || strcmp(expr->name, "max") == 0;
    if (several ? expr->count < 1 : expr->count != 1) {
        diag_report(place->program->diag, CHECK_EXPRESSION, expr->span, "%s takes %s, not %zu", expr->name,
                    several ? "at least one argument" : "one argument", expr->count);
        return false;
    }
    *value = integer_value(0);
    for (size_t i = 0; i < expr->count; i++) {
        struct value operand;
        if (!value_of(place, expr->operands[i], &operand) || !number_operand(place, expr->operands[i], &operand))
            return false;
        if (i == 0 || (expr->name[1] == 'i') == (compare(&operand, value) < 0))
            *value = operand;
    }
    if (strcmp(expr->name, "floor") == 0 || strcmp(expr->name, "ceil") == 0)
        return round_real(place, expr, expr->name[0] == 'c', value);
    if (strcmp(expr->name, "abs") == 0 && value_number(value) < 0) {
        if (value->kind == VALUE_INTEGER && !checked_sub(0, value->integer, &value->integer))
            return overflow(place, expr);
        value->real = -value->real;
    }
    return true;
}

static struct value entry_value(double entry)
{
    if (entry >= -9.0e15 && entry <= 9.0e15 && (double)(int64_t)entry == entry)
        return integer_value((int64_t)entry);
    return (struct value){.kind = VALUE_REAL, .real = entry};
}

static bool table_index(const struct place *place, const struct expr *expr, int64_t limit, const char *what,
                        int64_t *index)
{
    if (!value_integer(place, expr, "an index", index))
        return false;
    if (*index >= 0 && *index < limit)
        return true;
    struct message *m = diag_report(place->program->diag, CHECK_EXPRESSION, expr->span, "there is no %s %lld", what,
                                    (long long)*index);
    message_help(m, "the table's %ss are numbered from 0 to %lld", what, (long long)limit - 1);
    return false;
}

static bool enter(struct program *program, enum param_state *state, const struct statement *statement, const char *what)
{
    if (*state == PARAM_BUSY || program->depth >= LIMIT_DEPTH) {
        bool cycle = *state == PARAM_BUSY;
        diag_report(program->diag, cycle ? CHECK_CYCLE : CHECK_LIMIT, statement->name_span,
                    cycle ? "the %s %s is defined in terms of itself"
                          : "the definition of the %s %s is nested too deeply",
                    what, statement->name);
        *state = PARAM_BROKEN;
        return false;
    }
    *state = PARAM_BUSY;
    program->depth++;
    return true;
}

bool param_value(struct program *program, struct param *param, struct value *value)
{
    if (param->state == PARAM_FRESH || param->state == PARAM_BUSY) {
        struct place place = {program, NULL, NULL};
        if (!enter(program, &param->state, param->statement, "param"))
            return false;
        bool known = value_of(&place, param->statement->value, &param->value);
        program->depth--;
        param->state = known && param->state == PARAM_BUSY ? PARAM_READY : PARAM_BROKEN;
    }
    *value = param->value;
    return param->state == PARAM_READY;
}

bool table_matrix(struct program *program, struct table *table, struct matrix **matrix)
{
    if (table->state == PARAM_FRESH || table->state == PARAM_BUSY) {
        struct place place = {program, NULL, NULL};
        if (!enter(program, &table->state, table->statement, "table"))
            return false;
        bool known = value_matrix(&place, table->statement->value, &table->matrix);
        program->depth--;
        table->state = known && table->state == PARAM_BUSY ? PARAM_READY : PARAM_BROKEN;
    }
    *matrix = table->matrix;
    return table->state == PARAM_READY;
}

enum { ITEM_TERMS = 8 }; /* what an entry of a row counts for, by the memory it takes */

/* NAME(i, j) is an entry. NAME(i) is row i as a tuple, or entry i of a table of one row. */
static bool look_up(const struct place *place, const struct expr *expr, struct table *table, struct value *value)
{
    struct matrix *matrix;
    int64_t row = 0, column = 0;
    if (!table_matrix(place->program, table, &matrix))
        return false;
    if (expr->count != 1 && expr->count != 2)
        return fail(place, CHECK_EXPRESSION, expr->span, "a table takes a row and a column, or only a row");
    bool one_row = expr->count == 1 && matrix->rows == 1;
    if (!one_row && !table_index(place, expr->operands[0], matrix->rows, "row", &row))
        return false;
    if ((one_row || expr->count == 2) &&
        !table_index(place, expr->operands[expr->count - 1], matrix->columns, "column", &column))
        return false;
    const double *entries = matrix->entries + row * matrix->columns;
    if (one_row || expr->count == 2) {
        *value = entry_value(entries[column]);
        return true;
    }
    if (!value_spend(place, expr->span, ITEM_TERMS * matrix->columns))
        return false;
    struct value *items = ARENA_ARRAY(place->program->arena, struct value, (size_t)matrix->columns);
    for (int64_t i = 0; i < matrix->columns; i++)
        items[i] = entry_value(entries[i]);
    *value = (struct value){.kind = VALUE_TUPLE, .items = items, .count = (size_t)matrix->columns};
    return true;
}

static bool name_value(const struct place *place, const struct expr *expr, struct value *value)
{
    struct program *program = place->program;
    for (const struct binding *b = place->names; b; b = b->outer)
        if (strcmp(b->name, expr->name) == 0) {
            *value = b->value;
            return true;
        }
    if (strchr("HWC", expr->name[0]) && !expr->name[1]) {
        if (!place->tensor) {
            diag_report(program->diag, CHECK_UNKNOWN_NAME, expr->span,
                        "%s has no value here: there is no current tensor", expr->name);
            return false;
        }
        struct shape shape = place->tensor->shape;
        *value = integer_value(expr->name[0] == 'H' ? shape.h : expr->name[0] == 'W' ? shape.w : shape.c);
        return true;
    }
    struct param *param = map_get(&program->params, expr->name);
    if (param)
        return param_value(program, param, value);
    struct table *table = map_get(&program->tables, expr->name);
    struct matrix *matrix;
    if (table && table_matrix(program, table, &matrix)) {
        *value = (struct value){.kind = VALUE_MATRIX, .matrix = matrix};
        return true;
    }
    if (!table)
        diag_report(program->diag, CHECK_UNKNOWN_NAME, expr->span, "nothing here is named %s", expr->name);
    return false;
}

bool value_spend(const struct place *place, struct span span, int64_t terms)
{
    struct program *program = place->program;
    program->terms += terms;
    if (program->terms <= LIMIT_TERMS)
        return true;
    diag_report(program->diag, CHECK_LIMIT, span, "the expressions of the network have more than %d terms in total",
                LIMIT_TERMS);
    return false;
}

static bool tuple(const struct place *place, const struct expr *expr, struct value *value)
{
    struct value *items = ARENA_ARRAY(place->program->arena, struct value, expr->count);
    for (size_t i = 0; i < expr->count; i++)
        if (!value_of(place, expr->operands[i], &items[i]) || !number_operand(place, expr->operands[i], &items[i]))
            return false;
    *value = (struct value){.kind = VALUE_TUPLE, .items = items, .count = expr->count};
    return true;
}

bool value_matrix(const struct place *place, const struct expr *expr, struct matrix **result)
{
    struct program *program = place->program;
    for (size_t row = 1; row < expr->rows; row++)
        if (expr->row_columns[row] != expr->columns) {
            diag_report(program->diag, CHECK_LITERAL, expr->span, "row %zu has %zu entr%s, but the first row has %zu",
                        row + 1, expr->row_columns[row], expr->row_columns[row] == 1 ? "y" : "ies", expr->columns);
            return false;
        }
    if (expr->count > LIMIT_ENTRIES) {
        diag_report(program->diag, CHECK_LIMIT, expr->span, "a table cannot have %zu entries; the limit is %d",
                    expr->count, LIMIT_ENTRIES);
        return false;
    }
    double *entries = ARENA_ARRAY(program->arena, double, expr->count);
    for (size_t i = 0; i < expr->count; i++) {
        struct value entry;
        if (!value_of(place, expr->operands[i], &entry) || !number_operand(place, expr->operands[i], &entry))
            return false;
        entries[i] = value_number(&entry);
    }
    *result = ARENA_NEW(program->arena, struct matrix);
    **result = (struct matrix){(int64_t)expr->rows, (int64_t)expr->columns, entries};
    return true;
}

static bool matrix_value(const struct place *place, const struct expr *expr, struct value *value)
{
    struct matrix *matrix;
    if (!value_matrix(place, expr, &matrix))
        return false;
    *value = (struct value){.kind = VALUE_MATRIX, .matrix = matrix};
    return true;
}

static bool conditional(const struct place *place, const struct expr *expr, struct value *value)
{
    bool truth;
    return value_truth(place, expr->operands[1], &truth) && value_of(place, expr->operands[truth ? 0 : 2], value);
}

static bool call(const struct place *place, const struct expr *expr, struct value *value)
{
    struct table *table = map_get(&place->program->tables, expr->name);
    return table ? look_up(place, expr, table, value) : function(place, expr, value);
}

static bool dispatch(const struct place *place, const struct expr *expr, struct value *value)
{
    switch (expr->kind) {
    case EXPR_INTEGER: *value = integer_value(expr->integer); return true;
    case EXPR_REAL: return set_real(place, expr, expr->real, value);
    case EXPR_WORD: *value = (struct value){.kind = VALUE_WORD, .word = expr->name}; return true;
    case EXPR_NAME: return name_value(place, expr, value);
    case EXPR_CALL: return call(place, expr, value);
    case EXPR_UNARY: return unary(place, expr, value);
    case EXPR_BINARY: return binary(place, expr, value);
    case EXPR_COND: return conditional(place, expr, value);
    case EXPR_TUPLE: return tuple(place, expr, value);
    case EXPR_MATRIX: return matrix_value(place, expr, value);
    }
    return false;
}

bool value_of(const struct place *place, const struct expr *expr, struct value *value)
{
    if (!value_spend(place, expr->span, 1) || !dispatch(place, expr, value))
        return false;
    value->span = expr->span;
    return true;
}

bool value_truth(const struct place *place, const struct expr *expr, bool *truth)
{
    struct value value;
    if (!value_of(place, expr, &value))
        return false;
    bool yes = value.kind == VALUE_WORD && strcmp(value.word, "yes") == 0;
    bool no = value.kind == VALUE_WORD && strcmp(value.word, "no") == 0;
    if (!yes && !no && !number_operand(place, expr, &value))
        return false;
    *truth = yes || (!no && value_number(&value) != 0);
    return true;
}

bool value_integer(const struct place *place, const struct expr *expr, const char *what, int64_t *integer)
{
    struct value value;
    if (!value_of(place, expr, &value))
        return false;
    if (value.kind == VALUE_INTEGER) {
        *integer = value.integer;
        return true;
    }
    struct message *m = diag_report(place->program->diag, value.kind == VALUE_REAL ? CHECK_WHOLE : CHECK_ARGUMENT,
                                    expr->span, "%s must be a whole number, but this is %s", what,
                                    value.kind == VALUE_REAL ? value_text(place->program->arena, &value)
                                                             : value_kind_name(&value));
    if (value.kind == VALUE_REAL)
        message_help(m, "floor(...) or ceil(...) makes it whole");
    return false;
}
