/* The outline of a text, and what can be folded in it. */
#include <string.h>

#include "grammar/tokens.h"
#include "serve/server.h"
#include "serve/words.h"

/* Kinds of symbols in the protocol. */
enum {
    SYMBOL_MODULE = 2,
    SYMBOL_PROPERTY = 7,
    SYMBOL_FIELD = 8,
    SYMBOL_FUNCTION = 12,
    SYMBOL_CONSTANT = 14,
    SYMBOL_BOOLEAN = 17,
    SYMBOL_ARRAY = 18,
    SYMBOL_OBJECT = 19,
    SYMBOL_EVENT = 24
};

static json_t *symbol(const struct request *request, const char *name, const char *detail, int kind, struct span span,
                      struct span selection)
{
    const struct lines *lines = &request->analysis->lines;
    return json_pack("{s:o, s:o, s:i, s:o, s:o}", "name", answer_text(*name ? name : "-"), "detail",
                     answer_text(detail), "kind", kind, "range", answer_range(lines, span), "selectionRange",
                     answer_range(lines, selection));
}

static void add_labels(const struct request *request, const struct chain *chain, json_t *symbols);

/* A label, with those inside its item below it. */
static void add_item(const struct request *request, const struct item *item, json_t *symbols)
{
    const struct analysis *a = request->analysis;
    json_t *inner = symbols;
    if (item->label) {
        const struct shapes shapes = shapes_after(request->analysis, item);
        const char *name = source_text(a->source, request->arena, item->label->span);
        const char *shape = shapes_text(request->arena, shapes.steps, shapes.count);
        const char *detail = item->name ? item->name : item->kind == ITEM_GROUP ? "[...]" : "";
        json_t *one = symbol(request, name, arena_printf(request->arena, "%s%s%s", detail, *shape ? "  " : "", shape),
                             SYMBOL_FIELD, item->span, item->label->span);
        json_object_set_new(one, "children", inner = json_array());
        json_array_append_new(symbols, one);
    }
    for (const struct chain *branch = item->body; branch; branch = branch->next)
        add_labels(request, branch, inner);
}

static void add_labels(const struct request *request, const struct chain *chain, json_t *symbols)
{
    for (const struct element *e = chain ? chain->elements : NULL; e; e = e->next)
        for (const struct element *one = e; one; one = one->otherwise)
            add_item(request, one->item, symbols);
}

/* "INPUT -> FC": the ends of a chain. */
static const char *chain_name(struct arena *arena, const struct chain *chain)
{
    const struct element *first = chain->elements, *last = first;
    while (last && last->next)
        last = last->next;
    if (!first)
        return "[]";
    const char *from = first->item->name ? first->item->name : "[...]",
               *to = last->item->name ? last->item->name : "[...]";
    return first == last ? from : arena_printf(arena, "%s -> %s", from, to);
}

static json_t *statement_symbol(const struct request *request, const struct statement *s)
{
    const char *name = s->name ? s->name : "", *value = param_text(request->analysis, name);
    switch (s->kind) {
    case STATEMENT_NETWORK: return symbol(request, name, "network", SYMBOL_MODULE, s->span, s->name_span);
    case STATEMENT_PARAM: return symbol(request, name, value ? value : "", SYMBOL_CONSTANT, s->span, s->name_span);
    case STATEMENT_DEFAULT: return symbol(request, name, "default", SYMBOL_PROPERTY, s->span, s->name_span);
    case STATEMENT_BLOCK: return symbol(request, name, "block", SYMBOL_FUNCTION, s->span, s->name_span);
    case STATEMENT_TABLE: return symbol(request, name, "table", SYMBOL_ARRAY, s->span, s->name_span);
    case STATEMENT_EXPECT: return symbol(request, name, "expect", SYMBOL_BOOLEAN, s->span, s->name_span);
    case STATEMENT_TRAIN: return symbol(request, "train", "", SYMBOL_EVENT, s->span, s->name_span);
    case STATEMENT_CHAIN: break;
    }
    return symbol(request, chain_name(request->arena, s->chain), "", SYMBOL_OBJECT, s->span, s->span);
}

json_t *serve_symbols(struct request *request)
{
    json_t *symbols = json_array();
    for (const struct statement *s = request->analysis->ast->statements; s; s = s->next) {
        json_t *one = statement_symbol(request, s), *children = json_array();
        add_labels(request, s->chain, children);
        json_object_set_new(one, "children", children);
        json_array_append_new(symbols, one);
    }
    return symbols;
}

/* ---- folding ---- */

static void add_fold(json_t *folds, const struct lines *lines, size_t from, size_t to, const char *kind)
{
    const uint32_t first = lines_place(lines, from).line, last = lines_place(lines, to).line;
    if (first < last)
        json_array_append_new(folds, json_pack("{s:I, s:I, s:s}", "startLine", (json_int_t)first, "endLine",
                                               (json_int_t)last, "kind", kind));
}

/* Brackets over several lines; the line of the closing one stays. */
static void fold_brackets(json_t *folds, const struct analysis *a)
{
    size_t open[LIMIT_NESTING], depth = 0;
    for (size_t i = 0; i < a->roles.count; i++) {
        const struct role_token *token = &a->roles.items[i];
        if (token->first == i)
            depth = 0;
        if ((token->kind == '(' || token->kind == '[' || token->kind == '{') && depth < LIMIT_NESTING) {
            open[depth++] = i;
        } else if ((token->kind == ')' || token->kind == ']' || token->kind == '}') && depth) {
            const uint32_t line = lines_place(&a->lines, token->span.start).line;
            const struct role_token *opener = &a->roles.items[open[--depth]];
            if (line > lines_place(&a->lines, opener->span.start).line + 1)
                add_fold(folds, &a->lines, opener->span.start, a->lines.starts[line] - 1, "region");
        }
    }
}

/* Lines in a row that hold nothing but a comment. */
static void fold_comments(json_t *folds, const struct analysis *a)
{
    size_t begun = 0;
    bool inside = false;
    for (size_t line = 0; line <= a->lines.count; line++) {
        size_t at = line < a->lines.count ? a->lines.starts[line] : a->lines.length;
        while (at < a->lines.length && (a->lines.bytes[at] == ' ' || a->lines.bytes[at] == '\t'))
            at++;
        const bool comment = line < a->lines.count && at < a->lines.length && a->lines.bytes[at] == '#';
        if (comment && !inside)
            begun = line;
        if (!comment && inside)
            add_fold(folds, &a->lines, a->lines.starts[begun], a->lines.starts[line - 1], "comment");
        inside = comment;
    }
}

json_t *serve_folding(struct request *request)
{
    const struct analysis *a = request->analysis;
    json_t *folds = json_array();
    for (const struct statement *s = a->ast->statements; s; s = s->next)
        add_fold(folds, &a->lines, s->span.start, s->span.end, "region");
    fold_brackets(folds, a);
    fold_comments(folds, a);
    return folds;
}
