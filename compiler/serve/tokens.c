/* Semantic tokens: what each word is, for colours. */
#include <string.h>

#include "grammar/tokens.h"
#include "serve/server.h"

/* clang-format off */
enum type {
    TYPE_COMMENT, TYPE_KEYWORD, TYPE_NUMBER, TYPE_WORD, TYPE_NETWORK, TYPE_LAYER, TYPE_BLOCK, TYPE_PARAM, TYPE_LOCAL,
    TYPE_ARGUMENT, TYPE_LABEL, TYPE_OPERATOR, TYPE_FUNCTION, TYPE_RECIPE, TYPE_COUNT, TYPE_NONE = TYPE_COUNT
};
static const char *const type_names[TYPE_COUNT] = {
    "comment", "keyword", "number", "enumMember", "namespace", "class", "function", "variable", "parameter",
    "property", "label", "operator", "method", "type"
};
/* clang-format on */
enum { MODIFIER_DECLARATION = 1, MODIFIER_READONLY = 2, MOST_LOCALS = 200 };

json_t *serve_token_legend(void)
{
    json_t *types = json_array();
    for (int i = 0; i < TYPE_COUNT; i++)
        json_array_append_new(types, json_string(type_names[i]));
    return json_pack("{s:o, s:[s, s]}", "tokenTypes", types, "tokenModifiers", "declaration", "readonly");
}

struct colours {
    const struct analysis *a;
    struct span range;
    json_t *data;
    struct line_place last;
    const struct role_token *locals[MOST_LOCALS]; /* formals and indices of the statement */
    size_t local_count;
};

static void add(struct colours *c, struct span span, enum type type, int modifiers)
{
    if (span.end <= c->range.start || span.start >= c->range.end || span.end <= span.start)
        return;
    const struct line_place from = lines_place(&c->a->lines, span.start), to = lines_place(&c->a->lines, span.end);
    const uint32_t lines = from.line - c->last.line;
    const json_int_t numbers[5] = {lines, lines ? from.character : from.character - c->last.character,
                                   to.character - from.character, type, modifiers};
    for (int i = 0; i < 5; i++)
        json_array_append_new(c->data, json_integer(numbers[i]));
    c->last = from;
}

/* The comments between two tokens. */
static void add_comments(struct colours *c, size_t from, size_t to)
{
    const char *bytes = c->a->lines.bytes;
    for (const char *hash; from < to && (hash = memchr(bytes + from, '#', to - from));) {
        const size_t start = (size_t)(hash - bytes);
        size_t end = start;
        while (end < to && bytes[end] != '\n' && bytes[end] != '\r')
            end++;
        add(c, (struct span){(uint32_t)start, (uint32_t)end}, TYPE_COMMENT, 0);
        for (from = end; from < to && bytes[from] != '\n'; from++) { /* the scanner's comments end there only */
        }
    }
}

static void find_locals(struct colours *c, size_t first)
{
    c->local_count = 0;
    for (size_t i = first; i < c->a->roles.count && c->a->roles.items[i].first == first; i++) {
        const struct role_token *token = &c->a->roles.items[i];
        if (token->defines && token->role == ROLE_NAME && c->local_count < MOST_LOCALS && i != first + 1)
            c->locals[c->local_count++] = token;
    }
}

static bool is_local(const struct colours *c, const struct role_token *token)
{
    const char *bytes = c->a->source->bytes;
    const size_t length = token->span.end - token->span.start;
    for (size_t i = 0; i < c->local_count; i++) {
        const struct span other = c->locals[i]->span;
        if (other.end - other.start == length && memcmp(bytes + other.start, bytes + token->span.start, length) == 0)
            return true;
    }
    return false;
}

static enum type type_of(const struct colours *c, const struct role_token *token)
{
    switch (token->role) {
    case ROLE_MARK:
        return token->kind < 128 && strchr("+-*/%^<>=?|", token->kind) ? TYPE_OPERATOR
               : token->kind == TOKEN_LE || token->kind == TOKEN_GE || token->kind == TOKEN_EQ ||
                       token->kind == TOKEN_NE
                   ? TYPE_OPERATOR
                   : TYPE_NONE;
    case ROLE_ARROW: return TYPE_OPERATOR;
    case ROLE_KEYWORD: return TYPE_KEYWORD;
    case ROLE_NUMBER: return TYPE_NUMBER;
    case ROLE_WORD: return TYPE_WORD;
    case ROLE_NETWORK: return TYPE_NETWORK;
    case ROLE_LAYER: return TYPE_LAYER;
    case ROLE_BLOCK: return TYPE_BLOCK;
    case ROLE_NAME: return is_local(c, token) ? TYPE_LOCAL : TYPE_PARAM;
    case ROLE_FUNCTION: return TYPE_FUNCTION;
    case ROLE_ARGUMENT: return TYPE_ARGUMENT;
    case ROLE_LABEL:
    case ROLE_REFERENCE: return TYPE_LABEL;
    case ROLE_RECIPE: return TYPE_RECIPE;
    case ROLE_SETTING: return TYPE_ARGUMENT;
    case ROLE_QUANTITY: return TYPE_WORD;
    }
    return TYPE_NONE;
}

static json_t *colour(const struct request *request, struct span range)
{
    struct colours *c = ARENA_NEW(request->arena, struct colours);
    const struct roles *roles = &request->analysis->roles;
    c->a = request->analysis;
    c->range = range;
    c->data = json_array();
    size_t end = 0;
    for (size_t i = 0; i < roles->count; i++) {
        const struct role_token *token = &roles->items[i];
        struct span span = token->span;
        add_comments(c, end, span.start);
        end = span.end;
        if (token->first == i)
            find_locals(c, i);
        span.end -= token->role == ROLE_LABEL; /* its ':' */
        const enum type type = type_of(c, token);
        const bool declares = token->defines || token->role == ROLE_LABEL || token->role == ROLE_NETWORK;
        const int modifiers = (declares ? MODIFIER_DECLARATION : 0) | (type == TYPE_PARAM ? MODIFIER_READONLY : 0);
        if (type != TYPE_NONE)
            add(c, span, type, modifiers);
    }
    add_comments(c, end, c->a->lines.length);
    return json_pack("{s:o}", "data", c->data);
}

json_t *serve_tokens(struct request *request)
{
    return colour(request, (struct span){0, (uint32_t)request->document->length});
}

json_t *serve_tokens_range(struct request *request)
{
    const json_t *range = json_object_get(request->params, "range");
    size_t from, to;
    if (!document_offset(request->server, request->document, json_object_get(range, "start"), &from) ||
        !document_offset(request->server, request->document, json_object_get(range, "end"), &to))
        return answer_error(request, ERROR_INVALID_PARAMS, "a range has a start and an end");
    return colour(request, (struct span){(uint32_t)from, (uint32_t)to});
}
