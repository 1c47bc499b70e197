/* Walks the tree with the names in scope; what references to labels mean, the trace of the expansion says. */
#include "serve/names.h"

#include <string.h>

#include "base/map.h"

struct local { /* a formal or an index, the innermost first */
    const char *name;
    enum name_kind kind;
    const void *key;
    const struct local *outer;
};

struct walk {
    struct analysis *a;
    struct arena *arena;
    struct map params, blocks; /* name to statement, the first of each */
    struct map labels;         /* the text of a label to its struct label, of plain labels; NULL if there are several */
    struct VEC(struct occurrence) found;
    struct VEC(const struct label *) references;
};

static void add(struct walk *w, struct span span, enum name_kind kind, const void *key, bool defines)
{
    VEC_PUSH(w->arena, &w->found, ((struct occurrence){span, kind, key, defines, false}));
}

static void walk_name(struct walk *w, const struct local *locals, struct span span, const char *name)
{
    span.end = span.start + (uint32_t)strlen(name);
    for (; locals; locals = locals->outer)
        if (strcmp(locals->name, name) == 0) {
            add(w, span, locals->kind, locals->key, false);
            return;
        }
    const struct statement *param = map_get(&w->params, name);
    if (param)
        add(w, span, NAME_PARAM, param, false);
}

static void walk_expr(struct walk *w, const struct local *locals, const struct expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == EXPR_NAME)
        walk_name(w, locals, expr->span, expr->name);
    else if (expr->kind == EXPR_CALL)
        walk_name(w, NULL, expr->span, expr->name); /* a table: only those are called */
    for (size_t i = 0; i < expr->count; i++)
        walk_expr(w, locals, expr->operands[i]);
}

static bool is_plain(const struct label *label)
{
    return label->parts && label->parts->text && !label->parts->next;
}

static void walk_label(struct walk *w, const struct local *locals, const struct label *label, bool defines)
{
    if (!label)
        return;
    for (const struct label_part *part = label->parts; part; part = part->next)
        walk_expr(w, locals, part->expr);
    if (!defines) {
        VEC_PUSH(w->arena, &w->references, label);
        return;
    }
    add(w, label->span, NAME_LABEL, label, true);
    w->found.items[w->found.count - 1].computed = !is_plain(label);
    if (!is_plain(label))
        return;
    const bool known = map_get(&w->labels, label->parts->text) != NULL;
    if (!known)
        map_set(w->arena, &w->labels, label->parts->text, (void *)(uintptr_t)label);
    else if (map_get(&w->labels, label->parts->text) != label)
        map_set(w->arena, &w->labels, label->parts->text, w); /* several: none of them */
}

static void walk_args(struct walk *w, const struct local *locals, const struct arg *args, const struct statement *block)
{
    for (const struct arg *arg = args; arg; arg = arg->next) {
        walk_expr(w, locals, arg->value);
        for (const struct formal *f = arg->name && block ? block->formals : NULL; f; f = f->next)
            if (strcmp(f->name, arg->name) == 0)
                add(w, arg->name_span, NAME_FORMAL, f, false);
    }
}

static void walk_chain(struct walk *w, const struct local *locals, const struct chain *chain);

static void walk_item(struct walk *w, const struct local *locals, const struct item *item)
{
    for (const struct suffix *s = item->suffixes; s; s = s->next) {
        if (!s->index)
            continue;
        struct local *inner = ARENA_NEW(w->arena, struct local);
        *inner = (struct local){s->index, NAME_INDEX, s, locals};
        locals = inner;
        add(w, (struct span){s->span.end - (uint32_t)strlen(s->index), s->span.end}, NAME_INDEX, s, true);
    }
    for (const struct suffix *s = item->suffixes; s; s = s->next)
        walk_expr(w, locals, s->value);
    walk_label(w, locals, item->label, true);
    walk_label(w, locals, item->reference, false);
    const struct statement *block = item->kind == ITEM_CALL ? map_get(&w->blocks, item->name) : NULL;
    if (block)
        add(w, item->name_span, NAME_BLOCK, block, false);
    walk_args(w, locals, item->args, block);
    for (const struct chain *branch = item->body; branch; branch = branch->next)
        walk_chain(w, locals, branch);
}

static void walk_chain(struct walk *w, const struct local *locals, const struct chain *chain)
{
    for (const struct element *e = chain ? chain->elements : NULL; e; e = e->next)
        for (const struct element *one = e; one; one = one->otherwise) {
            walk_item(w, locals, one->item);
            walk_expr(w, locals, one->condition);
        }
}

static void walk_block(struct walk *w, const struct statement *s)
{
    const struct local *locals = NULL;
    for (const struct formal *formal = s->formals; formal; formal = formal->next) {
        walk_expr(w, locals, formal->value);
        struct local *inner = ARENA_NEW(w->arena, struct local);
        *inner = (struct local){formal->name, NAME_FORMAL, formal, locals};
        locals = inner;
        add(w, formal->span, NAME_FORMAL, formal, true);
    }
    walk_chain(w, locals, s->chain);
}

static void walk_statement(struct walk *w, const struct statement *s)
{
    const bool number = s->kind == STATEMENT_PARAM || s->kind == STATEMENT_TABLE;
    if (number && map_get(&w->params, s->name) == s)
        add(w, s->name_span, NAME_PARAM, s, true);
    if (s->kind == STATEMENT_BLOCK) {
        if (map_get(&w->blocks, s->name) == s)
            add(w, s->name_span, NAME_BLOCK, s, true);
        walk_block(w, s);
        return;
    }
    walk_expr(w, NULL, s->value);
    walk_args(w, NULL, s->args, NULL);
    walk_chain(w, NULL, s->chain);
    for (const struct recipe_item *item = s->items; item; item = item->next) {
        walk_args(w, NULL, item->args, NULL);
        walk_expr(w, NULL, item->value);
        walk_label(w, NULL, item->reference, false);
    }
}

static void collect_definitions(struct walk *w)
{
    for (struct statement *s = w->a->ast->statements; s; s = s->next) {
        const bool number = s->kind == STATEMENT_PARAM || s->kind == STATEMENT_TABLE;
        struct map *map = number ? &w->params : &w->blocks;
        if ((number || s->kind == STATEMENT_BLOCK) && !map_get(map, s->name))
            map_set(w->arena, map, s->name, s);
    }
}

/* ---- references to labels ---- */

static void add_use(struct walk *w, struct span span, const struct labelled *labelled, bool computed)
{
    const struct item *item = labelled->item;
    if (item->label)
        add(w, span, NAME_LABEL, item->label, false);
    else
        add(w, span, NAME_LAYER, item, false);
    w->found.items[w->found.count - 1].computed = computed;
}

/* "layer1.0.conv1" found a full name that ends so. What each part of it names is found under the name up to it. */
static void add_parts(struct walk *w, const struct label *reference, const struct labelled *found)
{
    const char *text = reference->parts->text;
    const size_t length = strlen(text), full = strlen(found->name);
    const uint32_t start = reference->span.start + reference->quoted;
    if (full < length || strcmp(found->name + full - length, text) != 0) {
        add_use(w, reference->span, found, true);
        return;
    }
    size_t before = 0; /* behind the part before */
    for (size_t end = 1; end <= length; end++) {
        if (end < length && text[end] != '.')
            continue;
        const char *prefix = arena_copy(w->arena, found->name, full - length + end);
        const struct labelled *labelled = map_get(&w->a->trace.labels, prefix);
        if (!labelled || !labelled->item)
            continue;
        const struct label *label = labelled->item->label;
        const size_t own = label && is_plain(label) ? strlen(label->parts->text) : end - before;
        const size_t from = own <= end ? end - own : before;
        add_use(w, (struct span){start + (uint32_t)from, start + (uint32_t)end}, labelled, false);
        before = end + 1;
    }
}

static void add_reference(struct walk *w, const struct label *reference, const struct labelled *found)
{
    if (is_plain(reference))
        add_parts(w, reference, found);
    else
        add_use(w, reference->span, found, true);
}

/* In a block that is not used, or a branch that was not taken: by its text, if only one label has it. */
static void guess_reference(struct walk *w, const struct label *reference)
{
    const char *text = is_plain(reference) ? reference->parts->text : "", *dot = strrchr(text, '.');
    const char *last = dot ? dot + 1 : text;
    void *label = map_get(&w->labels, last);
    const uint32_t end = reference->span.end - reference->quoted;
    if (*last && label && label != w)
        add(w, (struct span){end - (uint32_t)strlen(last), end}, NAME_LABEL, label, false);
}

static void add_references(struct walk *w)
{
    const struct trace *trace = &w->a->trace;
    struct map traced = {0}; /* by the place of the reference */
    for (size_t i = 0; i < trace->uses.count; i++) {
        const struct trace_use *use = &trace->uses.items[i];
        const char *key = arena_printf(w->arena, "%u %s", use->reference->span.start, use->found->name);
        const char *place = arena_printf(w->arena, "%u", use->reference->span.start);
        if (map_get(&traced, key))
            continue; /* in another round */
        map_set(w->arena, &traced, key, w);
        map_set(w->arena, &traced, place, w);
        add_reference(w, use->reference, use->found);
    }
    for (size_t i = 0; i < w->references.count; i++) {
        const struct label *reference = w->references.items[i];
        if (map_get(&traced, arena_printf(w->arena, "%u", reference->span.start)))
            continue;
        const char *text = is_plain(reference) ? reference->parts->text : "";
        const struct labelled *found = map_get(&trace->labels, text); /* of a train statement: a full name */
        if (found && found->item)
            add_reference(w, reference, found);
        else
            guess_reference(w, reference);
    }
}

struct occurrences names_of(struct analysis *a, struct arena *arena)
{
    struct walk w = {.a = a, .arena = arena};
    collect_definitions(&w);
    for (const struct statement *s = a->ast->statements; s; s = s->next)
        walk_statement(&w, s);
    add_references(&w);
    return (struct occurrences){w.found.items, w.found.count};
}
