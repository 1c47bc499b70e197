/* What is said about the word under the pointer: its documentation, and what it came to here. */
#include <string.h>

#include "cli/terms.h"
#include "grammar/tokens.h"
#include "report/report.h"
#include "serve/server.h"
#include "serve/words.h"

enum { MOST_LAYERS = 8 }; /* that one item became, and that are listed */

struct page {
    struct request *request;
    struct analysis *a;
    struct arena *arena;
    struct text out;
};

static void add_code(struct page *page, const char *code)
{
    text_printf(&page->out, "%s```cnn\n%s\n```\n", page->out.length ? "\n" : "", code);
}

static void add_words(struct page *page, const char *words)
{
    if (*words)
        text_printf(&page->out, "%s%s\n", page->out.length ? "\n" : "", words);
}

/* Words of a text, in which marks of Markdown mean nothing. */
static const char *escaped(struct page *page, const char *words)
{
    struct text out = text_new(page->arena);
    text_add(&out, "");
    for (; *words; words++) {
        if (strchr("\\`*_<>[]#|&", *words))
            text_add_char(&out, '\\');
        text_add_char(&out, *words);
    }
    return out.bytes;
}

/* ---- layers ---- */

/* The arithmetic of a layer, as --explain shows it, without the way to it. */
static void add_arithmetic(struct page *page, const struct node *node)
{
    struct text all = text_new(page->arena);
    const char *error;
    if (!report_explain(page->a->trace.graph, node->name, NULL, &all, &error))
        return;
    const char *end = strstr(all.bytes, "\n\n");
    const char *text = arena_copy(page->arena, all.bytes, end ? (size_t)(end - all.bytes) : all.length);
    text_printf(&page->out, "%s```text\n%s\n```\n", page->out.length ? "\n" : "", text);
}

/* The layers that an item became: its own nodes, not those inside a block. */
static size_t nodes_of(struct page *page, const struct item *item, const struct node *nodes[MOST_LAYERS])
{
    const struct graph *graph = page->a->trace.graph;
    size_t count = 0;
    for (size_t i = 0; graph && i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->span.start != item->span.start || node->span.end != item->span.end || node->shape.c < 1)
            continue;
        if (count < MOST_LAYERS)
            nodes[count] = node;
        count++;
    }
    return count;
}

static void add_layer(struct page *page, const struct item *item, const char *keyword)
{
    const struct node *nodes[MOST_LAYERS];
    const int kind = layer_kind_named(keyword);
    const size_t count = item ? nodes_of(page, item, nodes) : 0;
    if (kind < 0)
        return;
    add_code(page, term_signature(page->arena, (enum layer_kind)kind));
    add_words(page, escaped(page, layer_table[kind].text));
    if (count)
        add_arithmetic(page, nodes[0]);
    if (count > 1)
        add_words(page, arena_printf(page->arena, "%zu layers of the network stand here:\n", count));
    for (size_t i = 0; count > 1 && i < count && i < MOST_LAYERS; i++)
        text_printf(&page->out, "- %s: %s\n", escaped(page, nodes[i]->name), shape_text(page->arena, nodes[i]->shape));
    if (count > MOST_LAYERS)
        text_printf(&page->out, "- and %zu more\n", count - MOST_LAYERS);
}

static void add_shapes(struct page *page, const struct item *item)
{
    const struct shapes shapes = item ? shapes_after(page->a, item) : (struct shapes){NULL, 0};
    const char *text = shapes_text(page->arena, shapes.steps, shapes.count);
    if (*text)
        add_words(page, arena_printf(page->arena, "result: %s", text));
}

static void add_block(struct page *page, const char *name, const struct item *item)
{
    const struct statement *block = definition_of(page->a->ast, STATEMENT_BLOCK, name);
    if (!block)
        return;
    add_code(page, block_signature(page->arena, page->a->source, block));
    add_words(page, escaped(page, comment_above(page->arena, page->a->source, block->span.start)));
    if (item)
        add_shapes(page, item);
}

/* ---- names ---- */

static const struct formal *formal_named(const struct statement *block, const char *name)
{
    const struct formal *formal = block ? block->formals : NULL;
    while (formal && strcmp(formal->name, name) != 0)
        formal = formal->next;
    return formal;
}

static void add_definition(struct page *page, const struct statement *s)
{
    add_code(page, source_text(page->a->source, page->arena, s->span));
    add_words(page, escaped(page, comment_above(page->arena, page->a->source, s->span.start)));
}

static void add_name(struct page *page, const char *name, const struct statement *inside)
{
    const struct formal *formal = inside && inside->kind == STATEMENT_BLOCK ? formal_named(inside, name) : NULL;
    const struct statement *param = definition_of(page->a->ast, STATEMENT_PARAM, name);
    const struct statement *table = definition_of(page->a->ast, STATEMENT_TABLE, name);
    const char *value = param_text(page->a, name);
    if (formal) {
        add_code(page, block_signature(page->arena, page->a->source, inside));
        add_words(page, arena_printf(page->arena, "%s is an argument of the block %s", name, inside->name));
    } else if (param) {
        add_definition(page, param);
        if (value)
            add_words(page, arena_printf(page->arena, "%s = %s", name, value));
    } else if (table) {
        add_definition(page, table);
    } else if (word_text(name)) {
        add_words(page, arena_printf(page->arena, "**%s**: %s", name, word_text(name)));
    }
}

static void add_full_name(struct page *page, const struct labelled *labelled)
{
    const char *shape = labelled->tensor && labelled->tensor->shape.c > 0
                            ? arena_printf(page->arena, ": %s", shape_text(page->arena, labelled->tensor->shape))
                            : "";
    text_printf(&page->out, "- %s%s\n", escaped(page, labelled->name), shape);
}

/* The full names that a label gave, with their shapes. */
static void add_label(struct page *page, struct span span)
{
    const struct map *labels = &page->a->trace.labels;
    size_t found = 0;
    for (size_t i = 0; i < labels->count; i++) {
        const struct labelled *labelled = labels->entries[i].value;
        if (labelled->span.start != span.start || !labelled->item || !labelled->item->label)
            continue;
        if (found++ == 0)
            text_add(&page->out, "label of\n\n");
        if (found <= MOST_LAYERS)
            add_full_name(page, labelled);
    }
    if (found > MOST_LAYERS)
        text_printf(&page->out, "- and %zu more\n", found - MOST_LAYERS);
}

static void add_reference(struct page *page, struct span span)
{
    size_t found = 0;
    for (size_t i = 0; i < page->a->trace.uses.count; i++) {
        const struct trace_use *use = &page->a->trace.uses.items[i];
        if (use->reference->span.start != span.start)
            continue;
        if (found++ == 0)
            text_add(&page->out, "refers to\n\n");
        if (found <= MOST_LAYERS)
            add_full_name(page, use->found);
    }
}

/* ---- arguments ---- */

static void add_argument_of_recipe(struct page *page, const struct recipe_info *info, const char *name)
{
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(page->arena, info, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(arguments[i].name, name) == 0)
            add_words(page, arena_printf(page->arena, "**%s** of %s: %s", name, info->word,
                                         term_recipe_argument(page->arena, &arguments[i])));
    add_words(page, escaped(page, info->text));
}

static void add_recipe(struct page *page, const char *name)
{
    const struct recipe_info *info = recipe_named(name);
    if (!info)
        return;
    add_code(page, term_recipe(page->arena, info));
    add_words(page,
              arena_printf(page->arena, "train, %s: %s", recipe_family_names[info->family], escaped(page, info->text)));
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(page->arena, info, &count);
    for (size_t i = 0; i < count; i++)
        text_printf(&page->out, "%s- **%s**: %s\n", i ? "" : "\n", arguments[i].name,
                    term_recipe_argument(page->arena, &arguments[i]));
}

/* What an argument, or the value of one, is for; false if it is none. */
static bool add_argument(struct page *page, size_t token)
{
    const struct role_token *items = page->a->roles.items, *at = &items[token];
    const struct arg_spec *spec = argument_at(page->a, page->arena, token);
    const char *call = at->call >= 0 ? role_text(page->arena, &items[at->call], page->a->source) : "";
    if (spec) {
        add_words(page, arena_printf(page->arena, "**%s** of %s: %s", spec->name, call,
                                     escaped(page, term_argument(page->arena, spec))));
        const int kind = layer_kind_named(call);
        add_code(page, term_signature(page->arena, (enum layer_kind)kind));
        add_words(page, escaped(page, layer_table[kind].text));
        return true;
    }
    if (at->role != ROLE_ARGUMENT || at->call < 0)
        return false;
    const char *name = role_text(page->arena, at, page->a->source);
    if (items[at->call].role == ROLE_RECIPE && recipe_named(call))
        add_argument_of_recipe(page, recipe_named(call), name);
    else
        add_block(page, call, NULL);
    return true;
}

/* ---- the network ---- */

static void add_network(struct page *page)
{
    const struct graph *graph = page->a->check.graph;
    add_words(page, "the name of the network");
    if (graph && page->a->parsed)
        add_words(page,
                  arena_printf(page->arena, "%zu layers, %s parameters, %s multiply-accumulates", graph->nodes.count,
                               text_thousands(page->arena, graph->params), text_thousands(page->arena, graph->macs)));
}

static void add_token(struct page *page, size_t i)
{
    const struct role_token *token = &page->a->roles.items[i];
    const char *word = role_text(page->arena, token, page->a->source);
    const struct found found = find_at(page->a->ast, token->span.start);
    const bool own = found.item && token->span.start >= found.item->name_span.start &&
                     token->span.end <= found.item->name_span.end;
    switch (token->role) {
    case ROLE_LAYER: add_layer(page, own ? found.item : NULL, word); break;
    case ROLE_BLOCK: add_block(page, word, own ? found.item : NULL); break;
    case ROLE_NAME:
    case ROLE_FUNCTION:
        add_name(page, word, found.statement);
        if (!page->out.length)
            add_argument(page, i);
        break;
    case ROLE_ARGUMENT:
    case ROLE_NUMBER:
    case ROLE_WORD: add_argument(page, i); break;
    case ROLE_LABEL: add_label(page, token->span); break;
    case ROLE_REFERENCE: add_reference(page, token->span); break;
    case ROLE_RECIPE:
    case ROLE_SETTING: add_recipe(page, word); break;
    case ROLE_NETWORK: add_network(page); break;
    case ROLE_KEYWORD:
    case ROLE_QUANTITY:
        if (word_text(word))
            add_words(page, arena_printf(page->arena, "**%s**: %s", escaped(page, word), word_text(word)));
        if (token->kind == TOKEN_SHARE)
            add_shapes(page, found.item);
        break;
    case ROLE_MARK:
    case ROLE_ARROW: break;
    }
}

json_t *serve_hover(struct request *request)
{
    struct page page = {request, request->analysis, request->arena, text_new(request->arena)};
    const long token = roles_at(&page.a->roles, request->offset);
    if (token >= 0)
        add_token(&page, (size_t)token);
    if (!page.out.length)
        return json_null();
    return json_pack("{s:o, s:o}", "contents", answer_markup(request->server, page.out.bytes), "range",
                     answer_range(&page.a->lines, page.a->roles.items[token].span));
}
