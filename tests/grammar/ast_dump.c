/* The AST as text. Expressions are written on one line, fully bracketed; structure is indented. */
#include "ast_dump.h"

#include "base/source.h"
#include "base/text.h"
#include "grammar/ast.h"

struct dump {
    struct text *out;
    const struct source *source;
};

static const char *op_text(enum expr_op op)
{
    switch (op) {
    case OP_LE: return "<=";
    case OP_GE: return ">=";
    case OP_EQ: return "==";
    case OP_NE: return "!=";
    case OP_AND: return "and";
    case OP_OR: return "or";
    case OP_NOT: return "not";
    case OP_ADD: return "+";
    case OP_SUB: return "-";
    case OP_MUL: return "*";
    case OP_DIV: return "/";
    case OP_MOD: return "%";
    case OP_POW: return "^";
    case OP_LT: return "<";
    case OP_GT: return ">";
    }
    return "??";
}

static void operands(struct text *out, const struct expr *expr, const char *open, const char *close)
{
    text_add(out, open);
    for (size_t i = 0; i < expr->count; i++) {
        text_add(out, i ? " " : "");
        expr_dump(out, expr->operands[i]);
    }
    text_add(out, close);
}

static void matrix(struct text *out, const struct expr *expr)
{
    text_printf(out, "matrix %zux%zu", expr->rows, expr->columns);
    for (size_t row = 0, at = 0; row < expr->rows; row++) {
        text_add(out, row ? ";" : "[");
        for (size_t column = 0; column < expr->row_columns[row]; column++) {
            text_add(out, column ? " " : "");
            expr_dump(out, expr->operands[at++]);
        }
    }
    text_add(out, "]");
}

void expr_dump(struct text *out, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_INTEGER: text_printf(out, "%lld", (long long)expr->integer); break;
    case EXPR_REAL: text_printf(out, "real %.17g", expr->real); break;
    case EXPR_WORD: text_printf(out, "word %s", expr->name); break;
    case EXPR_NAME: text_printf(out, "%s", expr->name); break;
    /* clang-format off */
    case EXPR_CALL: text_printf(out, "%s", expr->name); operands(out, expr, "(", ")"); break;
    case EXPR_UNARY: text_printf(out, "(%s ", op_text(expr->op)); operands(out, expr, "", ")"); break;
    case EXPR_BINARY: text_printf(out, "(%s ", op_text(expr->op)); operands(out, expr, "", ")"); break;
    /* clang-format on */
    case EXPR_COND: operands(out, expr, "(cond ", ")"); break;
    case EXPR_TUPLE: operands(out, expr, expr->is_size ? "size<" : "tuple<", ">"); break;
    case EXPR_MATRIX: matrix(out, expr); break;
    }
}

static void end_line(struct dump *d, struct span span)
{
    if (d->source && span.end > span.start) {
        text_add(d->out, "    <<");
        for (uint32_t i = span.start; i < span.end; i++)
            if (d->source->bytes[i] == '\n')
                text_add(d->out, "\\n");
            else
                text_add_char(d->out, d->source->bytes[i]);
        text_add(d->out, ">>");
    }
    text_add_char(d->out, '\n');
}

static void field(struct dump *d, int depth, const char *name, const struct expr *expr)
{
    if (!expr)
        return;
    text_repeat(d->out, ' ', 2 * depth);
    text_printf(d->out, "%s ", name);
    expr_dump(d->out, expr);
    end_line(d, expr->span);
}

static void arguments(struct dump *d, int depth, const struct arg *arg)
{
    for (; arg; arg = arg->next)
        field(d, depth, arg->name ? arg->name : "-", arg->value);
}

static void label(struct dump *d, const char *name, const struct label *label)
{
    text_printf(d->out, " %s%s ", name, label->quoted ? " quoted" : "");
    for (const struct label_part *part = label->parts; part; part = part->next) {
        if (part->text) {
            text_add(d->out, part->text);
        } else {
            text_add_char(d->out, '{');
            expr_dump(d->out, part->expr);
            text_add_char(d->out, '}');
        }
    }
}

static void chain(struct dump *d, int depth, const struct chain *chain);

static void item(struct dump *d, int depth, const struct item *item)
{
    static const char *const kinds[] = {"call", "group", "merge", "from", "share"};
    text_repeat(d->out, ' ', 2 * depth);
    text_printf(d->out, "%s %s%s", kinds[item->kind], item->name ? item->name : "", item->has_args ? "()" : "");
    if (item->label)
        label(d, "label", item->label);
    if (item->reference)
        label(d, "reference", item->reference);
    end_line(d, item->span);
    arguments(d, depth + 1, item->args);
    for (const struct chain *body = item->body; body; body = body->next)
        chain(d, depth + 1, body);
    for (const struct suffix *suffix = item->suffixes; suffix; suffix = suffix->next) {
        static const char *const suffixes[] = {"repeat", "optional", "assert"};
        text_repeat(d->out, ' ', 2 * depth + 2);
        text_printf(d->out, "%s ", suffixes[suffix->kind]);
        if (suffix->value)
            expr_dump(d->out, suffix->value);
        if (suffix->index)
            text_printf(d->out, " as %s", suffix->index);
        end_line(d, suffix->span);
    }
}

static void element(struct dump *d, int depth, const struct element *element)
{
    item(d, depth, element->item);
    field(d, depth, "if", element->condition);
    if (element->otherwise) {
        text_repeat(d->out, ' ', 2 * depth);
        text_add(d->out, "else\n");
    }
}

static void chain(struct dump *d, int depth, const struct chain *chain)
{
    text_repeat(d->out, ' ', 2 * depth);
    text_add(d->out, chain->elements ? "chain" : "nothing");
    end_line(d, chain->span);
    for (const struct element *e = chain->elements; e; e = e->next)
        for (const struct element *part = e; part; part = part->otherwise)
            element(d, depth + 1, part);
}

static void recipe_item(struct dump *d, const struct recipe_item *item)
{
    text_printf(d->out, "  %s %s%s", item->has_args || !(item->value || item->reference) ? "word" : "setting",
                item->name, item->has_args ? "()" : "");
    if (item->reference)
        label(d, "reference", item->reference);
    end_line(d, item->span);
    field(d, 2, "value", item->value);
    arguments(d, 2, item->args);
}

static void statement(struct dump *d, const struct statement *s)
{
    static const char *const kinds[] = {"network", "param", "default", "block", "table", "expect", "train", "chain"};
    text_add(d->out, kinds[s->kind]);
    if (s->name)
        text_printf(d->out, " %s", s->name);
    if (s->kind == STATEMENT_EXPECT)
        text_printf(d->out, " %s", op_text(s->op));
    end_line(d, s->span);
    for (const struct formal *f = s->formals; f; f = f->next) {
        text_printf(d->out, "  formal %s%s", f->name, f->value ? "" : "\n");
        if (f->value)
            field(d, 0, " =", f->value);
    }
    field(d, 1, "value", s->value);
    arguments(d, 1, s->args);
    for (const struct recipe_item *i = s->items; i; i = i->next)
        recipe_item(d, i);
    if (s->chain)
        chain(d, 1, s->chain);
}

void ast_dump(struct text *out, const struct ast *ast, const struct source *source)
{
    struct dump dump = {out, source};
    for (const struct statement *s = ast->statements; s; s = s->next)
        statement(&dump, s);
}
