/* Blanks what cannot be parsed, until the rest can: in a chain the element at fault, elsewhere the statement. */
#include <string.h>

#include "base/diag_message.h"
#include "grammar/tokens.h"
#include "grammar/words.h"
#include "serve/analysis.h"

/* No layer has this name: what follows it is not known. */
static const char unknown_name = '_';

enum { MOST_ROUNDS = 24, FEW_ROUNDS = 4, LARGE_TEXT = 256 << 10 };

struct mender {
    char *bytes; /* of the text, changed in place */
    struct roles roles;
};

static void blank(struct mender *m, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (m->bytes[i] != '\n' && m->bytes[i] != '\r')
            m->bytes[i] = ' ';
}

static const struct role_token *token_at(const struct mender *m, size_t i)
{
    return &m->roles.items[i];
}

static bool is_separator(const struct role_token *token)
{
    return token->role == ROLE_ARROW || token->kind == '|' || token->kind == '{' ||
           (token->kind == '[' && !token->value);
}

static bool blank_statement(struct mender *m, size_t first, size_t end)
{
    const size_t from = token_at(m, first)->span.start, to = token_at(m, end - 1)->span.end;
    bool changed = false;
    for (size_t i = from; i < to; i++)
        changed = changed || !strchr(" \t\r\n\f\v", m->bytes[i]);
    blank(m, from, to);
    return changed;
}

/* The closers that tokens [first, end) lack, innermost first. */
static size_t missing_closers(const struct mender *m, size_t first, size_t end, char *closers)
{
    int open[LIMIT_NESTING], depth = 0;
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        const int kind = token_at(m, i)->kind;
        if ((kind == '(' || kind == '[' || kind == '{') && depth < LIMIT_NESTING)
            open[depth++] = kind;
        else if ((kind == ')' || kind == ']' || kind == '}') && depth)
            depth--;
    }
    while (depth)
        closers[count++] = (char)closing_bracket(open[--depth]);
    return count;
}

/* Behind the element at fault: the next arrow, branch or closing bracket that does not belong to it. */
static size_t element_end(const struct mender *m, size_t at, size_t end)
{
    int parentheses = 0, groups = 0;
    for (; at < end; at++) {
        const struct role_token *token = token_at(m, at);
        const int kind = token->kind;
        if (groups == 0 && (token->kind == TOKEN_ARROW || (parentheses == 0 && is_separator(token) && kind == '|') ||
                            (parentheses == 0 && token->role == ROLE_ARROW)))
            break;
        if (kind == '(')
            parentheses++;
        else if (kind == '[' || kind == '{')
            groups++;
        else if (kind == ')')
            parentheses -= parentheses > 0;
        else if ((kind == ']' || kind == '}') && groups-- == 0)
            break;
    }
    return at;
}

/* The tokens [from, to) become an unknown item; at the end of a statement, what is open is closed behind it. */
static bool replace_element(struct mender *m, size_t first, size_t from, size_t to, size_t end)
{
    char closers[LIMIT_NESTING + 1];
    const bool dangling = from == to; /* nothing stands behind an arrow, or before one */
    size_t at = dangling && to < end ? to : from;
    if (dangling && to == end)
        at = from - 1;
    const struct role_token *head = token_at(m, at), *tail = token_at(m, dangling ? at : to - 1);
    const size_t start = head->span.start, stop = tail->span.end;
    if (!dangling && to - from == 1 && stop - start == 1 && m->bytes[start] == unknown_name)
        return false;
    const size_t open = to == end ? missing_closers(m, first, dangling && to == end ? at : from, closers) : 0;
    if (stop - start < open + !dangling)
        return false;
    blank(m, start, stop);
    if (!dangling)
        m->bytes[start] = unknown_name;
    for (size_t i = 0; i < open; i++)
        m->bytes[stop - open + i] = closers[i];
    return true;
}

static bool begins_line(const struct mender *m, size_t i)
{
    size_t at = token_at(m, i)->span.start;
    while (at > 0 && (m->bytes[at - 1] == ' ' || m->bytes[at - 1] == '\t'))
        at--;
    return at == 0 || m->bytes[at - 1] == '\n';
}

/* The end of the statement that begins with a token; a line that begins with INPUT is another one, even if an open
 * bracket or operator above it makes it part of this. */
static size_t statement_end(const struct mender *m, size_t first)
{
    static const char input[] = "INPUT";
    size_t end = first;
    while (end < m->roles.count && token_at(m, end)->first == first) {
        const struct span span = token_at(m, end)->span;
        if (end > first && span.end - span.start == sizeof input - 1 && begins_line(m, end) &&
            memcmp(m->bytes + span.start, input, sizeof input - 1) == 0)
            break;
        end++;
    }
    return end;
}

static bool mend_at(struct mender *m, struct span span, bool blunt)
{
    const bool after = span.start == span.end; /* at the end of a statement */
    size_t error = roles_before(&m->roles, after ? span.start : (size_t)span.start + 1);
    error -= !after && error > 0;
    if (m->roles.count == 0 || (after && error == 0))
        return false;
    const size_t first = token_at(m, after ? error - 1 : error)->first;
    const size_t end = statement_end(m, first);
    error = error < end ? error : end;
    const int statement = token_at(m, first)->statement;
    size_t begin = first;
    while (statement == TOKEN_BLOCK && begin < end && token_at(m, begin)->kind != '=')
        begin++;
    begin += statement == TOKEN_BLOCK; /* behind the '=' of its body */
    if (blunt || (statement && statement != TOKEN_BLOCK) || error < begin || begin >= end)
        return blank_statement(m, first, end);
    size_t from = error;
    while (from > begin && !is_separator(token_at(m, from - 1)))
        from--;
    const struct role_token *at = error < end ? token_at(m, error) : NULL;
    if (at && at->kind == RAW_BAD_ARROW) {
        blank(m, at->span.start, at->span.end);
        memcpy(m->bytes + at->span.start, "->", 2);
        return true;
    }
    const size_t to = element_end(m, error, end);
    if (from == to && to < end && (to == begin || !is_separator(token_at(m, to))))
        return blank_statement(m, first, end);
    if (from == to && from == begin)
        return blank_statement(m, first, end);
    return replace_element(m, begin, from, to, end) || blank_statement(m, first, end);
}

/* One round: parses, and mends at each error. False: it parsed, or nothing more can be done. */
static bool mend_round(char *bytes, size_t length, bool blunt, bool *parsed)
{
    struct arena *arena = arena_new();
    const struct source *source = source_new(arena, "", bytes, length);
    struct diag *diag = diag_new(arena);
    diag_set_source(diag, source);
    const struct ast *ast = grammar_parse(arena, source, diag);
    struct mender m = {bytes, roles_of(arena, source, ast)};
    bool changed = false;
    *parsed = !diag_failed(diag);
    uint32_t behind = UINT32_MAX; /* errors from the last to the first: places before it keep their meaning */
    for (size_t i = diag->messages.count; i-- > 0 && !*parsed;) {
        const struct message *message = diag->messages.items[i];
        if (message->severity != SEVERITY_ERROR || !message->has_span || message->span.start >= behind)
            continue;
        behind = message->span.start;
        changed = mend_at(&m, message->span, blunt) || changed;
    }
    arena_free(arena);
    return changed;
}

const struct source *mend(struct arena *arena, const struct source *source, struct ast **ast)
{
    char *bytes = arena_copy(arena, source->bytes, source->length);
    const int rounds = source->length > LARGE_TEXT ? FEW_ROUNDS : MOST_ROUNDS;
    bool parsed = false;
    int round = 0; /* the last ones give up whole statements */
    while (round < rounds && mend_round(bytes, source->length, round >= rounds - 2, &parsed))
        round++;
    const struct source *mended = source_new(arena, source->path, bytes, source->length);
    struct diag *diag = diag_new(arena);
    diag_set_source(diag, mended);
    *ast = parsed ? grammar_parse(arena, mended, diag) : ARENA_NEW(arena, struct ast);
    return mended;
}
