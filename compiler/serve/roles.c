/* Goes along the tokens with a stack of brackets. */
#include "serve/roles.h"

#include <string.h>

#include "grammar/tokens.h"
#include "grammar/words.h"
#include "layers.h"

struct frame {
    int kind, group;
    long call;
    int commas;
    bool value;     /* numbers stand here, rather than layers */
    bool condition; /* behind `if`, where '-' is minus */
    bool formals;   /* of a block */
};

struct reader {
    const struct source *source;
    struct role_token *tokens;
    const bool *starts_line;
    size_t count, at;
    int statement;
    size_t first;
    bool body; /* behind the '=' of a block */
    struct frame frames[LIMIT_NESTING + 1];
    int depth;
};

static bool is_closer(int kind)
{
    return kind == ')' || kind == ']' || kind == '}';
}

static bool is_keyword(int kind)
{
    return kind == TOKEN_IF || kind == TOKEN_ELSE || kind == TOKEN_AS || kind == TOKEN_AND || kind == TOKEN_OR ||
           kind == TOKEN_NOT || kind == TOKEN_FROM || kind == TOKEN_SHARE;
}

static int kind_of(const struct reader *r, size_t i)
{
    return i < r->count ? r->tokens[i].kind : 0;
}

static void begin_statement(struct reader *r, int keyword)
{
    const bool value = keyword == TOKEN_PARAM || keyword == TOKEN_TABLE || keyword == TOKEN_EXPECT;
    r->statement = keyword;
    r->first = r->at;
    r->body = false;
    r->depth = 0;
    r->frames[0] = (struct frame){.call = -1, .value = value};
}

/* The keyword with which a statement begins here, 0 for a chain, -1 if none begins. */
static int statement_at(const struct reader *r)
{
    const struct role_token *token = &r->tokens[r->at];
    const char *text = r->source->bytes + token->span.start;
    const bool starts = r->starts_line[r->at] || r->at == 0;
    const int keyword = starts && token->kind == TOKEN_NAME ? keyword_token(text, token->span.end - token->span.start)
                                                            : 0;
    if (keyword)
        return keyword;
    const int before = r->at ? r->tokens[r->at - 1].kind : 0;
    const bool begins = starts && r->depth == 0 && !token_wants_more(before) && !token_continues(token->kind);
    return r->at == 0 || begins ? 0 : -1;
}

/* The name behind a statement's keyword. */
static enum role name_of_statement(int statement)
{
    switch (statement) {
    case TOKEN_NETWORK: return ROLE_NETWORK;
    case TOKEN_DEFAULT: return ROLE_LAYER;
    case TOKEN_BLOCK: return ROLE_BLOCK;
    case TOKEN_EXPECT: return ROLE_QUANTITY;
    default: return ROLE_NAME;
    }
}

static enum role layer_role(const struct reader *r, const struct role_token *token)
{
    char name[64];
    const size_t length = token->span.end - token->span.start;
    if (length >= sizeof name)
        return ROLE_BLOCK;
    memcpy(name, r->source->bytes + token->span.start, length);
    name[length] = 0;
    return strcmp(name, "NONE") == 0 ? ROLE_KEYWORD : layer_kind_named(name) >= 0 ? ROLE_LAYER : ROLE_BLOCK;
}

static enum role name_role(struct reader *r, struct role_token *token)
{
    const struct frame *frame = &r->frames[r->depth];
    const int before = r->at > r->first ? r->tokens[r->at - 1].kind : 0, after = kind_of(r, r->at + 1);
    if (r->statement && r->statement != TOKEN_TRAIN && r->at == r->first + 1) {
        token->defines = r->statement != TOKEN_DEFAULT && r->statement != TOKEN_EXPECT;
        return name_of_statement(r->statement);
    }
    if (r->statement == TOKEN_TRAIN && r->depth == 0 && (before == TOKEN_TRAIN || before == ','))
        return after == '=' ? ROLE_SETTING : ROLE_RECIPE;
    if (before == TOKEN_AS)
        token->defines = true;
    if (frame->formals && (before == '(' || before == ',')) {
        token->defines = true;
        return ROLE_NAME;
    }
    if (before == TOKEN_AS)
        return ROLE_NAME;
    if (frame->kind == '(' && after == '=' && (before == '(' || before == ','))
        return ROLE_ARGUMENT;
    if (frame->value || r->statement == TOKEN_TRAIN)
        return after == '(' ? ROLE_FUNCTION : ROLE_NAME;
    return layer_role(r, token);
}

/* Where layers stand, and the counts and conditions behind them. */
static bool in_chain(const struct reader *r, const struct frame *frame)
{
    return (r->statement == 0 || r->statement == TOKEN_BLOCK) && frame->kind != '(' && frame->group >= 0;
}

static enum role role_of(struct reader *r, struct role_token *token, bool begins)
{
    const struct frame *frame = &r->frames[r->depth];
    const bool chain = in_chain(r, frame);
    switch (token->kind) {
    case TOKEN_INTEGER:
    case TOKEN_REAL:
    case TOKEN_SIZE:
    case RAW_BAD_NUMBER: return ROLE_NUMBER;
    case TOKEN_WORD: return kind_of(r, r->at + 1) == '(' ? ROLE_FUNCTION : ROLE_WORD; /* max is both */
    case TOKEN_LABEL: return ROLE_LABEL;
    case TOKEN_REFERENCE: return ROLE_REFERENCE;
    case TOKEN_ARROW:
    case RAW_BAD_ARROW: return ROLE_ARROW;
    case '-': return chain && !frame->condition ? ROLE_ARROW : ROLE_MARK;
    case TOKEN_NAME: return name_role(r, token);
    default: return (begins && r->statement) || is_keyword(token->kind) ? ROLE_KEYWORD : ROLE_MARK;
    }
}

static void open_frame(struct reader *r, const struct role_token *token)
{
    const struct frame *outer = &r->frames[r->depth];
    struct frame inner = {.kind = token->kind, .call = -1, .group = outer->group, .value = outer->value};
    const struct role_token *before = r->at > r->first ? token - 1 : NULL;
    if (token->kind == '(') {
        const bool called = before && (before->role == ROLE_LAYER || before->role == ROLE_BLOCK ||
                                       before->role == ROLE_RECIPE || before->role == ROLE_FUNCTION ||
                                       before->kind == TOKEN_FROM || before->kind == TOKEN_SHARE);
        inner.call = called ? (long)(r->at - 1) : -1;
        inner.value = true;
        inner.formals = before && before->role == ROLE_BLOCK && before->defines;
    } else if (token->kind == '{') {
        inner.value = false;
        inner.group = '{';
    } else {
        inner.group = outer->value ? -1 : '['; /* a matrix, or a group */
    }
    if (r->depth < LIMIT_NESTING)
        r->frames[++r->depth] = inner;
}

/* Where layers stand: what comes after this token, numbers or layers? */
static void follow_chain(struct reader *r, struct frame *frame, const struct role_token *token)
{
    if (token->role == ROLE_ARROW || token->kind == '|' || token->kind == TOKEN_ELSE) {
        frame->value = frame->condition = false;
    } else if (token->kind == TOKEN_IF) {
        frame->value = frame->condition = true;
    } else if (token->kind == '=' && r->statement == TOKEN_BLOCK && r->depth == 0 && !r->body) {
        r->body = true;
    } else if (token->kind == '*' || token->kind == '=') {
        frame->value = true;
    }
}

static void follow(struct reader *r, const struct role_token *token)
{
    struct frame *frame = &r->frames[r->depth];
    if (token->kind == '(' || token->kind == '[' || token->kind == '{')
        open_frame(r, token);
    else if (is_closer(token->kind))
        r->depth -= r->depth > 0;
    else if (token->kind == ',')
        frame->commas++;
    else if (in_chain(r, frame))
        follow_chain(r, frame, token);
}

static void read_tokens(struct reader *r, struct arena *arena)
{
    const struct raw_tokens raw = grammar_raw_tokens(arena, r->source);
    bool *starts = ARENA_ARRAY(arena, bool, raw.count), line_start = true;
    r->tokens = ARENA_ARRAY(arena, struct role_token, raw.count);
    r->starts_line = starts;
    for (size_t i = 0; i < raw.count; i++) {
        const struct token *token = &raw.items[i];
        const char *text = r->source->bytes + token->span.start;
        if (token->kind == RAW_NEWLINE) {
            line_start = true;
            continue;
        }
        const int kind = token->kind == TOKEN_NAME ? identifier_token(text, token->span.end - token->span.start)
                                                   : token->kind;
        starts[r->count] = line_start;
        r->tokens[r->count++] = (struct role_token){.kind = kind, .span = token->span};
        line_start = false;
    }
}

/* Which '-' are arrows, the parser knows, if it could read them. */
static void apply_arrows(struct reader *r, const struct arrow_minus *arrows)
{
    size_t next = 0;
    for (size_t i = 0; i < r->count; i++) {
        while (next < arrows->count && arrows->offsets[next] < r->tokens[i].span.start)
            next++;
        if (next < arrows->count && arrows->offsets[next] == r->tokens[i].span.start)
            r->tokens[i].role = ROLE_ARROW;
    }
}

struct roles roles_of(struct arena *arena, const struct source *source, const struct ast *ast)
{
    struct reader r = {.source = source};
    read_tokens(&r, arena);
    for (r.at = 0; r.at < r.count; r.at++) {
        struct role_token *token = &r.tokens[r.at];
        const int statement = statement_at(&r);
        if (statement >= 0)
            begin_statement(&r, statement);
        if (statement > 0)
            token->kind = statement;
        const struct frame *frame = &r.frames[r.depth];
        token->statement = r.statement;
        token->first = r.first;
        token->role = role_of(&r, token, statement > 0);
        token->value = frame->value;
        token->call = frame->call;
        token->position = frame->commas;
        token->group = frame->group;
        follow(&r, token);
    }
    apply_arrows(&r, &ast->arrows);
    return (struct roles){r.tokens, r.count};
}

size_t roles_before(const struct roles *roles, size_t offset)
{
    size_t low = 0, high = roles->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (roles->items[middle].span.start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

long roles_at(const struct roles *roles, size_t offset)
{
    const size_t before = roles_before(roles, offset);
    if (before < roles->count && roles->items[before].span.start == offset &&
        (roles->items[before].role > ROLE_KEYWORD || before == 0 || roles->items[before - 1].span.end < offset))
        return (long)before;
    if (before && offset <= roles->items[before - 1].span.end)
        return (long)before - 1;
    return before < roles->count && roles->items[before].span.start == offset ? (long)before : -1;
}

bool role_is(const struct role_token *token, const struct source *source, const char *word)
{
    const size_t length = token->span.end - token->span.start;
    return strlen(word) == length && memcmp(source->bytes + token->span.start, word, length) == 0;
}

const char *role_text(struct arena *arena, const struct role_token *token, const struct source *source)
{
    return source_text(source, arena, token->span);
}
