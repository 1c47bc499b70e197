/* What could stand at the cursor. A word is put there, and its role (roles.c) tells what kind of word belongs; so this
 * works in any text, however unfinished. */
#include <string.h>

#include "cli/terms.h"
#include "grammar/tokens.h"
#include "grammar/words.h"
#include "serve/server.h"
#include "serve/words.h"

/* Kinds of completions in the protocol, and the form of an inserted text. */
enum {
    KIND_METHOD = 2,
    KIND_FUNCTION = 3,
    KIND_VARIABLE = 6,
    KIND_CLASS = 7,
    KIND_PROPERTY = 10,
    KIND_KEYWORD = 14,
    KIND_REFERENCE = 18,
    KIND_ENUM_MEMBER = 20,
    KIND_CONSTANT = 21,
    FORM_SNIPPET = 2
};

struct proposals {
    struct request *request;
    struct analysis *a;
    struct arena *arena;
    const struct source *source; /* the text with a word at the cursor */
    struct roles roles;
    size_t at;        /* that word */
    struct span span; /* of what was typed of it */
    json_t *list;
};

struct proposal {
    const char *label, *detail, *text; /* text: its documentation, in Markdown; detail and text may be NULL */
    const char *insert;                /* NULL: the label */
    const char *snippet;               /* with $1 where the cursor goes; or NULL */
    int kind, rank;                    /* the lower the rank, the earlier */
};

static void add(struct proposals *p, struct proposal proposal)
{
    const struct server *server = p->request->server;
    const bool snippet = proposal.snippet && server->snippets;
    const char *insert = snippet ? proposal.snippet : proposal.insert ? proposal.insert : proposal.label;
    json_t *one = json_pack("{s:o, s:i, s:o, s:o}", "label", answer_text(proposal.label), "kind", proposal.kind,
                            "textEdit", answer_edit(&p->a->lines, p->span, insert), "sortText",
                            answer_text(arena_printf(p->arena, "%d%s", proposal.rank, proposal.label)));
    if (proposal.detail && *proposal.detail)
        json_object_set_new(one, "detail", answer_text(proposal.detail));
    if (proposal.text && *proposal.text)
        json_object_set_new(one, "documentation", answer_markup(server, proposal.text));
    if (snippet)
        json_object_set_new(one, "insertTextFormat", json_integer(FORM_SNIPPET));
    json_array_append_new(p->list, one);
}

static const struct role_token *token_before(const struct proposals *p, size_t distance)
{
    return p->at >= distance ? &p->roles.items[p->at - distance] : NULL;
}

static const char *word_of(const struct proposals *p, const struct role_token *token)
{
    return role_text(p->arena, token, p->source);
}

static void add_words(struct proposals *p, const char *const *words, int kind, int rank)
{
    for (; *words; words++)
        add(p, (struct proposal){.label = *words, .text = word_text(*words), .kind = kind, .rank = rank});
}

/* ---- layers ---- */

static void add_layer(struct proposals *p, enum layer_kind kind)
{
    size_t count;
    const char *keyword = layer_table[kind].keyword, *snippet = NULL;
    const struct arg_spec *specs = layer_arguments(p->arena, kind, &count);
    if (layer_is_merge(kind))
        snippet = arena_printf(p->arena, "%s{ $1 | $2 }", keyword);
    else if (count && !specs[0].fallback && !specs[0].optional)
        snippet = arena_printf(p->arena, "%s($1)", keyword);
    add(p, (struct proposal){.label = keyword,
                             .detail = term_signature(p->arena, kind),
                             .text = layer_table[kind].text,
                             .snippet = snippet,
                             .kind = KIND_CLASS,
                             .rank = 2});
}

static void add_layers(struct proposals *p, bool merges)
{
    for (int kind = 0; kind < LAYER_COUNT; kind++)
        if (merges || !layer_is_merge((enum layer_kind)kind))
            add_layer(p, (enum layer_kind)kind);
}

static void add_blocks(struct proposals *p)
{
    for (const struct statement *s = p->a->ast->statements; s; s = s->next) {
        if (s->kind != STATEMENT_BLOCK)
            continue;
        const bool needs = s->formals && !s->formals->value;
        add(p, (struct proposal){.label = s->name,
                                 .detail = block_signature(p->arena, p->a->source, s),
                                 .text = comment_above(p->arena, p->a->source, s->span.start),
                                 .snippet = needs ? arena_printf(p->arena, "%s($1)", s->name) : NULL,
                                 .kind = KIND_FUNCTION,
                                 .rank = 1});
    }
}

static void add_items(struct proposals *p)
{
    static const char *const references[] = {"FROM", "SHARE"};
    add_blocks(p);
    add_layers(p, true);
    for (size_t i = 0; i < 2; i++)
        add(p, (struct proposal){.label = references[i],
                                 .text = word_text(references[i]),
                                 .snippet = arena_printf(p->arena, "%s($1)", references[i]),
                                 .kind = KIND_KEYWORD,
                                 .rank = 3});
    if (token_before(p, 0)->group == '{')
        add(p, (struct proposal){.label = "NONE", .text = word_text("NONE"), .kind = KIND_KEYWORD, .rank = 3});
}

/* ---- labels ---- */

static void add_labels(struct proposals *p)
{
    const struct map *labels = &p->a->trace.labels;
    for (size_t i = 0; i < labels->count; i++) {
        const struct labelled *labelled = labels->entries[i].value;
        const bool shaped = labelled->tensor && labelled->tensor->shape.c > 0, own = labelled->item->label != NULL;
        const char *quoted = strspn(labelled->name,
                                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.~") ==
                                     strlen(labelled->name)
                                 ? NULL
                                 : arena_printf(p->arena, "\"%s\"", labelled->name);
        add(p, (struct proposal){.label = labelled->name,
                                 .insert = quoted,
                                 .detail = shaped ? shape_text(p->arena, labelled->tensor->shape) : NULL,
                                 .kind = KIND_REFERENCE,
                                 .rank = own ? 1 : 2});
    }
}

/* ---- values ---- */

static void add_statements(struct proposals *p, enum statement_kind kind, int proposal_kind)
{
    for (const struct statement *s = p->a->ast->statements; s; s = s->next)
        if (s->kind == kind)
            add(p, (struct proposal){.label = s->name,
                                     .detail = kind == STATEMENT_PARAM ? param_text(p->a, s->name) : "table",
                                     .text = comment_above(p->arena, p->a->source, s->span.start),
                                     .kind = proposal_kind,
                                     .rank = 3});
}

/* Formals and indices of the statement, by its tokens. */
static void add_locals(struct proposals *p)
{
    const size_t first = token_before(p, 0)->first;
    for (size_t i = first; i < p->roles.count && p->roles.items[i].first == first; i++) {
        const struct role_token *token = &p->roles.items[i];
        if (token->defines && token->role == ROLE_NAME && i != first + 1 && i != p->at)
            add(p, (struct proposal){.label = word_of(p, token), .kind = KIND_VARIABLE, .rank = 2});
    }
}

/* The words that an argument can be: "a|b|c", and by its type. */
static void add_choices(struct proposals *p, const struct arg_spec *spec)
{
    const char *words = spec->type == ARG_WORDS                            ? spec->words
                        : spec->type == ARG_FLAG || spec->type == ARG_BIAS ? "yes|no"
                        : spec->type == ARG_PAD                            ? "same|valid|full"
                                                                           : "";
    while (*words) {
        const size_t length = strcspn(words, "|");
        const char *word = arena_copy(p->arena, words, length);
        const bool usual = spec->fallback && strcmp(spec->fallback, word) == 0;
        add(p, (struct proposal){.label = word,
                                 .detail = usual ? arena_printf(p->arena, "%s (default)", spec->name) : spec->name,
                                 .kind = KIND_ENUM_MEMBER,
                                 .rank = 1});
        words += length + (words[length] == '|');
    }
}

static void add_numbers(struct proposals *p)
{
    add_locals(p);
    add_statements(p, STATEMENT_PARAM, KIND_CONSTANT);
    add_statements(p, STATEMENT_TABLE, KIND_METHOD);
    add_words(p, tensor_words, KIND_VARIABLE, 4);
    add_words(p, function_words, KIND_METHOD, 5);
}

/* ---- arguments ---- */

/* Is there an argument of this name in the call around the cursor? */
static bool is_given(const struct proposals *p, const char *name)
{
    const long call = token_before(p, 0)->call;
    for (size_t i = (size_t)call + 1; i < p->roles.count && p->roles.items[i].first == token_before(p, 0)->first; i++)
        if (p->roles.items[i].call == call && p->roles.items[i].role == ROLE_ARGUMENT && i != p->at &&
            role_is(&p->roles.items[i], p->source, name))
            return true;
    return false;
}

static void add_argument(struct proposals *p, const char *name, const char *detail, const char *text, bool needed)
{
    if (!is_given(p, name))
        add(p, (struct proposal){.label = name,
                                 .insert = arena_printf(p->arena, "%s=", name),
                                 .detail = detail,
                                 .text = text,
                                 .kind = KIND_PROPERTY,
                                 .rank = needed ? 0 : 1});
}

static void add_layer_arguments(struct proposals *p, enum layer_kind kind)
{
    size_t count;
    const struct arg_spec *specs = layer_arguments(p->arena, kind, &count);
    for (size_t i = 0; i < count; i++)
        if ((int)i >= token_before(p, 0)->position || specs[i].fallback || specs[i].optional)
            add_argument(p, specs[i].name, term_argument(p->arena, &specs[i]), layer_table[kind].text,
                         !specs[i].fallback && !specs[i].optional);
}

static void add_block_arguments(struct proposals *p, const struct statement *block)
{
    for (const struct formal *formal = block->formals; formal; formal = formal->next)
        add_argument(p, formal->name,
                     formal->value ? arena_printf(p->arena, "default %s",
                                                  source_text(p->a->source, p->arena, formal->value->span))
                                   : "required",
                     comment_above(p->arena, p->a->source, block->span.start), !formal->value);
}

static void add_recipe_arguments(struct proposals *p, const struct recipe_info *info)
{
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(p->arena, info, &count);
    for (size_t i = 0; i < count; i++)
        add_argument(p, arguments[i].name, term_recipe_argument(p->arena, &arguments[i]), info->text,
                     !arguments[i].fallback && !arguments[i].optional);
}

static void add_arguments(struct proposals *p)
{
    const struct role_token *call = &p->roles.items[token_before(p, 0)->call];
    const char *name = word_of(p, call);
    const struct statement *block = definition_of(p->a->ast, STATEMENT_BLOCK, name);
    const int kind = layer_kind_named(name);
    if (call->role == ROLE_RECIPE && recipe_named(name))
        add_recipe_arguments(p, recipe_named(name));
    else if (call->role == ROLE_LAYER && kind >= 0)
        add_layer_arguments(p, (enum layer_kind)kind);
    else if (call->role == ROLE_BLOCK && block)
        add_block_arguments(p, block);
}

/* In an expression: arguments where one begins, words that the argument can be, names of numbers. */
static void add_values(struct proposals *p)
{
    const struct role_token *at = token_before(p, 0), *before = token_before(p, 1);
    const bool begins = before && (before->kind == '(' || before->kind == ',');
    if (at->call >= 0 && begins)
        add_arguments(p);
    struct analysis with_word = *p->a; /* argument_at reads tokens and their text */
    with_word.roles = p->roles;
    with_word.source = p->source;
    const struct arg_spec *spec = at->call >= 0 ? argument_at(&with_word, p->arena, p->at) : NULL;
    if (spec && (begins || (before && before->kind == '=')))
        add_choices(p, spec);
    add_numbers(p);
}

/* ---- train ---- */

static void add_recipes(struct proposals *p)
{
    for (int i = 0; i < RECIPE_WORD_COUNT + SETTING_COUNT; i++) {
        const bool setting = i >= RECIPE_WORD_COUNT;
        const struct recipe_info *info = setting ? &setting_table[i - RECIPE_WORD_COUNT] : &recipe_table[i];
        add(p, (struct proposal){.label = info->word,
                                 .insert = setting ? arena_printf(p->arena, "%s=", info->word) : NULL,
                                 .detail = term_recipe(p->arena, info),
                                 .text = info->text,
                                 .kind = setting ? KIND_PROPERTY : KIND_CLASS,
                                 .rank = setting ? 2 : 1});
    }
}

/* ---- the place ---- */

/* Words that go on behind a layer or a number. */
static void add_continuations(struct proposals *p, bool chain)
{
    static const char *const behind_item[] = {"if", "else", "as", NULL};
    static const char *const behind_value[] = {"if", "else", "and", "or", NULL};
    add_words(p, chain ? behind_item : behind_value, KIND_KEYWORD, 1);
}

static void propose(struct proposals *p)
{
    const struct role_token *at = token_before(p, 0), *before = token_before(p, 1);
    const bool first = at->first == p->at, named = p->at == at->first + 1 && at->statement != 0;
    const bool behind = !first && before && token_ends_operand(before->kind) && before->role != ROLE_KEYWORD;
    if (at->kind == TOKEN_REFERENCE) {
        add_labels(p);
    } else if (at->role == ROLE_RECIPE || at->role == ROLE_SETTING) {
        add_recipes(p);
    } else if (at->role == ROLE_QUANTITY) {
        add_words(p, quantity_words, KIND_ENUM_MEMBER, 1);
    } else if (at->defines) {
        return; /* a new name */
    } else if (named && at->statement == TOKEN_DEFAULT) {
        add_layers(p, false);
    } else if (behind && !named) {
        add_continuations(p, !at->value);
    } else if (at->value || at->statement == TOKEN_TRAIN) {
        add_values(p);
    } else {
        add_items(p);
        if (first)
            add_words(p, statement_words, KIND_KEYWORD, 1);
    }
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || byte == '.';
}

static bool in_comment(const struct analysis *a, size_t offset)
{
    const size_t before = roles_before(&a->roles, offset);
    size_t at = before ? a->roles.items[before - 1].span.end : 0;
    const char *hash = at < offset ? memchr(a->lines.bytes + at, '#', offset - at) : NULL;
    for (const char *p = a->lines.bytes + offset; hash && p > hash; p--)
        if (p[-1] == '\n')
            return memchr(p, '#', (size_t)(a->lines.bytes + offset - p)) != NULL;
    return hash != NULL;
}

/* Puts a word at the cursor, in the place of the letters before it; those behind it stay part of it. */
static void place_word(struct proposals *p, size_t offset)
{
    const struct analysis *a = p->a;
    size_t start = offset;
    while (start > 0 && is_letter(a->lines.bytes[start - 1]))
        start--;
    size_t rest = offset;
    while (rest < a->lines.length && is_letter(a->lines.bytes[rest]))
        rest++;
    struct text text = text_new(p->arena);
    text_add_bytes(&text, a->lines.bytes, start);
    text_add(&text, "_");
    text_add_bytes(&text, a->lines.bytes + rest, a->lines.length - rest);
    p->span = (struct span){(uint32_t)start, (uint32_t)offset};
    p->source = source_new(p->arena, a->source->path, text.bytes, text.length);
    struct ast nothing = {NULL, {NULL, 0}};
    p->roles = roles_of(p->arena, p->source, &nothing);
    p->at = roles_before(&p->roles, start + 1) - 1;
}

json_t *serve_completion(struct request *request)
{
    struct proposals p = {.request = request, .a = request->analysis, .arena = arena_new(), .list = json_array()};
    if (!in_comment(p.a, request->offset)) {
        place_word(&p, request->offset);
        if (p.at < p.roles.count && p.roles.items[p.at].span.start == p.span.start)
            propose(&p);
    }
    arena_free(p.arena);
    return json_pack("{s:b, s:o}", "isIncomplete", 0, "items", p.list);
}
