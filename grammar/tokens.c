/* The filter between scanner and parser: gives raw tokens their values, turns line ends into
 * statement ends, tracks brackets, and stops what nests too deep. Syntax errors are worded in
 * syntax_error.c. */
#include "grammar/tokens.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "grammar/scanner.h"
#include "grammar/words.h"
#include "recipes.h"

_Noreturn void scan_fatal(const char *message)
{
    fprintf(stderr, "cnnc: error: scanner: %s\n", message);
    cleanup_all();
    exit(70);
}

static bool is_keyword(int kind)
{
    return kind == TOKEN_NETWORK || kind == TOKEN_PARAM || kind == TOKEN_DEFAULT || kind == TOKEN_BLOCK ||
           kind == TOKEN_TABLE || kind == TOKEN_EXPECT || kind == TOKEN_TRAIN;
}

/* ---- values ---- */

static int64_t integer_value(struct parse *parse, struct span span, const char *digits)
{
    errno = 0;
    long long value = strtoll(digits, NULL, 10);
    if (errno == 0)
        return value;
    diag_report(parse->diag, CHECK_EXPRESSION, span, "the number is too large: whole numbers go up to %lld",
                (long long)INT64_MAX);
    return 1;
}

static double real_value(struct parse *parse, struct span span, const char *digits)
{
    double value = strtod(digits, NULL); /* cnnc never leaves the C locale */
    if (isfinite(value))
        return value;
    diag_report(parse->diag, CHECK_EXPRESSION, span, "the number is too large: reals go up to 1.8e308");
    return 1;
}

static struct expr *size_value(struct parse *parse, struct span span)
{
    struct expr_list entries = {NULL, NULL, 0};
    const char *bytes = parse->source->bytes;
    for (uint32_t at = span.start; at < span.end;) {
        uint32_t end = at;
        while (end < span.end && bytes[end] >= '0' && bytes[end] <= '9')
            end++;
        struct span part = {at, end};
        const char *digits = source_text(parse->source, parse->arena, part);
        entries = list_expr(entries, make_integer(parse, part, integer_value(parse, part, digits)));
        at = end + (end < span.end && bytes[end] == 'x' ? 1 : 2); /* the cross takes two bytes */
    }
    return make_tuple(parse, span, entries, true);
}

static struct label_part *label_part(struct parse *parse, uint32_t start, uint32_t end)
{
    struct label_part *part = ARENA_NEW(parse->arena, struct label_part);
    bool hole = parse->source->bytes[start] == '{';
    if (!hole) {
        part->text = source_text(parse->source, parse->arena, (struct span){start, end});
        return part;
    }
    part->expr = parse_slice(parse, start + 1, end - 1);
    if (!part->expr) /* reported: go on as if it were valid */
        part->expr = make_integer(parse, (struct span){start + 1, end - 1}, 0);
    return part;
}

/* The label between start and end, without its ':'. */
static struct label *label_value(struct parse *parse, uint32_t start, uint32_t end)
{
    const char *bytes = parse->source->bytes;
    struct label *label = ARENA_NEW(parse->arena, struct label);
    label->span = (struct span){start, end};
    if (bytes[start] == '"') {
        label->quoted = true;
        label->parts = ARENA_NEW(parse->arena, struct label_part);
        label->parts->text = source_text(parse->source, parse->arena, (struct span){start + 1, end - 1});
        return label;
    }
    struct label_part **tail = &label->parts;
    for (uint32_t at = start; at < end;) {
        uint32_t stop = at + 1;
        if (bytes[at] == '{')
            while (bytes[stop - 1] != '}')
                stop++;
        else
            while (stop < end && bytes[stop] != '{')
                stop++;
        *tail = label_part(parse, at, stop);
        tail = &(*tail)->next;
        at = stop;
    }
    return label;
}

/* Fills in the value. A faulty token is reported and becomes YYerror, which bison does not report again. */
static struct token evaluate(struct parse *parse, struct token token)
{
    switch (token.kind) {
    case TOKEN_INTEGER:
        token.value.integer = integer_value(parse, token.span, source_text(parse->source, parse->arena, token.span));
        break;
    case TOKEN_REAL:
        token.value.real = real_value(parse, token.span, source_text(parse->source, parse->arena, token.span));
        break;
    case TOKEN_SIZE: token.value.expr = size_value(parse, token.span); break;
    case TOKEN_NAME:
    case TOKEN_SETTING:
    case TOKEN_WORD: token.value.name = source_text(parse->source, parse->arena, token.span); break;
    case TOKEN_LABEL: token.value.label = label_value(parse, token.span.start, token.span.end - 1); break;
    case TOKEN_REFERENCE: token.value.label = label_value(parse, token.span.start, token.span.end); break;
    default:
        if (token.kind > RAW_NEWLINE) {
            if (!parse->faulty)
                syntax_error_bad_token(parse, token.kind, token.span);
            token.kind = TOKEN_YYerror;
        }
    }
    return token;
}

/* ---- brackets and nesting ---- */

static void close_bracket(struct parse *parse, int closer)
{
    int match = parse->depth;
    while (match > 0 && closing_bracket(parse->open[match].kind) != closer)
        match--;
    if (match == 0)
        return; /* it closes nothing: the parser reports it */
    for (; parse->depth >= match; parse->depth--)
        parse->nesting -= 1 + parse->open[parse->depth].nested;
}

static void nest_without_bracket(struct parse *parse)
{
    parse->open[parse->depth].nested++;
    parse->nesting++;
}

static void follow_brackets(struct parse *parse, struct token token)
{
    parse->enclosing = parse->open[parse->depth];
    switch (token.kind) {
    case '(':
    case '[':
    case '{':
        if (parse->nesting < LIMIT_NESTING)
            parse->open[++parse->depth] = (struct bracket){token.kind, token.span, 0};
        parse->nesting++;
        break;
    case ')':
    case ']':
    case '}': close_bracket(parse, token.kind); break;
    case '-':
    case '+':
    case TOKEN_NOT:
        if (!token_ends_operand(parse->previous.kind))
            nest_without_bracket(parse);
        break;
    case '^':
    case TOKEN_ELSE: nest_without_bracket(parse); break;
    case ',':
    case ';':
    case '|':
    case TOKEN_ARROW:
        parse->nesting -= parse->open[parse->depth].nested;
        parse->open[parse->depth].nested = 0;
        break;
    default: break;
    }
}

/* ---- the stream of tokens ---- */

static struct token read_token(struct parse *parse, bool *line_start)
{
    struct token token;
    memset(&token, 0, sizeof token);
    *line_start = !parse->current.kind;
    if (parse->previous.kind == TOKEN_SETTING && parse->current.kind == '=')
        scan_reference(parse->scanner);
    for (;;) {
        token.kind = scan_lex(&token.value, &token.span, parse->scanner);
        if (token.kind != RAW_NEWLINE)
            return token;
        *line_start = true;
    }
}

static bool statement_ends_before(const struct parse *parse, int kind, bool line_start)
{
    if (parse->expression || parse->ordinal == 0)
        return false;
    if (kind == TOKEN_EOF || (line_start && is_keyword(kind)))
        return true;
    return line_start && parse->depth == 0 && !token_wants_more(parse->current.kind) && !token_continues(kind);
}

static void begin_statement(struct parse *parse)
{
    parse->depth = 0;
    parse->nesting = 0;
    parse->faulty = false;
    parse->open[0] = (struct bracket){0, {0, 0}, 0};
}

/* Records a token that goes to the parser. */
static struct token give(struct parse *parse, struct token token)
{
    if (parse->ordinal++ == 0)
        parse->statement = token.kind;
    parse->before = parse->previous;
    parse->previous = parse->current;
    parse->current = token;
    follow_brackets(parse, token);
    if (parse->nesting > LIMIT_NESTING && !parse->stopped) {
        syntax_error_too_deep(parse, token.span, "this");
        token.kind = TOKEN_YYerror;
    }
    if (token.kind == TOKEN_END)
        parse->ordinal = 0;
    return token;
}

static struct token place_after(struct token token, int kind)
{
    struct token mark;
    memset(&mark, 0, sizeof mark);
    mark.kind = kind;
    mark.span = (struct span){token.span.end, token.span.end};
    return mark;
}

/* A token's kind with keywords and reserved words told apart from names. */
static int kind_on_line(const struct parse *parse, struct token token, bool line_start)
{
    if (token.kind != TOKEN_NAME)
        return token.kind;
    const char *text = parse->source->bytes + token.span.start;
    size_t length = token.span.end - token.span.start;
    int keyword = line_start && !parse->expression ? keyword_token(text, length) : 0;
    bool item = parse->statement == TOKEN_TRAIN && parse->ordinal > 0 && parse->depth == 0 &&
                (parse->current.kind == TOKEN_TRAIN || parse->current.kind == ',');
    if (item && !keyword && setting_takes_label(text, length))
        return TOKEN_SETTING;
    return keyword ? keyword : identifier_token(text, length);
}

static struct token next_token(struct parse *parse)
{
    struct token token;
    bool line_start = false;
    if (parse->ordinal == 0)
        begin_statement(parse);
    parse->stopped = parse->stopped || diag_full(parse->diag);
    if (parse->stopped) {
        token = place_after(parse->current, TOKEN_EOF);
    } else if (parse->has_held) {
        parse->has_held = false;
        return give(parse, evaluate(parse, parse->held));
    } else {
        token = read_token(parse, &line_start);
    }
    token.kind = kind_on_line(parse, token, line_start);
    if (statement_ends_before(parse, token.kind, line_start)) {
        parse->held = token;
        parse->has_held = true;
        return give(parse, place_after(parse->current, TOKEN_END));
    }
    return give(parse, evaluate(parse, token));
}

int yylex(YYSTYPE *value, struct span *span, struct parse *parse)
{
    *span = (struct span){0, 0};
    if (!parse->started) {
        parse->started = true;
        return parse->expression ? TOKEN_START_EXPRESSION : TOKEN_START_FILE;
    }
    struct token token = next_token(parse);
    *value = token.value;
    *span = token.span;
    return token.kind;
}

void parse_begin(struct parse *parse, uint32_t start, uint32_t end)
{
    bool marked = start == 0 && end >= 3 && memcmp(parse->source->bytes, "\xEF\xBB\xBF", 3) == 0;
    start += marked ? 3 : 0; /* skip the byte order mark that some editors write */
    if (scan_lex_init_extra(start, &parse->scanner) != 0)
        scan_fatal("out of memory");
    scan__scan_bytes(parse->source->bytes + start, (int)(end - start), parse->scanner);
}

void parse_end(struct parse *parse)
{
    scan_lex_destroy(parse->scanner);
    parse->scanner = NULL;
}

/* Where the scanner alone is, as far as it matters to what it reads next. */
struct raw_place {
    bool line_start, train; /* a train statement */
    int depth, last;        /* of brackets; the kind of the token before */
};

/* Goes past a token; TOKEN_SETTING and then '=' mean that a label comes next. */
static void follow_raw(struct raw_place *at, const struct source *source, struct token token)
{
    const char *text = source->bytes + token.span.start;
    const size_t length = token.span.end - token.span.start;
    const bool name = token.kind == TOKEN_NAME, item = at->last == TOKEN_TRAIN || at->last == ',';
    const int keyword = name && at->line_start ? keyword_token(text, length) : 0;
    int kind = keyword ? keyword : name ? identifier_token(text, length) : token.kind;
    if (keyword)
        *at = (struct raw_place){.train = keyword == TOKEN_TRAIN};
    else if (at->line_start && at->depth == 0 && !token_wants_more(at->last) && !token_continues(kind))
        at->train = false;
    else if (at->train && at->depth == 0 && name && item && setting_takes_label(text, length))
        kind = TOKEN_SETTING;
    at->depth += kind == '(' || kind == '[' || kind == '{';
    at->depth -= (kind == ')' || kind == ']' || kind == '}') && at->depth > 0;
    at->line_start = false;
    at->last = kind;
}

struct raw_tokens grammar_raw_tokens(struct arena *arena, const struct source *source)
{
    struct VEC(struct token) tokens = {0};
    struct parse parse = {.arena = arena, .source = source};
    struct raw_place at = {.line_start = true};
    struct token token;
    memset(&token, 0, sizeof token);
    parse_begin(&parse, 0, (uint32_t)source->length);
    while ((token.kind = scan_lex(&token.value, &token.span, parse.scanner)) != TOKEN_EOF) {
        const bool setting = at.last == TOKEN_SETTING && token.kind == '=';
        VEC_PUSH(arena, &tokens, token);
        if (setting)
            scan_reference(parse.scanner);
        if (token.kind == RAW_NEWLINE)
            at.line_start = true;
        else
            follow_raw(&at, source, token);
    }
    parse_end(&parse);
    return (struct raw_tokens){tokens.items, tokens.count};
}
