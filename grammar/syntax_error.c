/* The words of syntax errors: what was found, what was expected, and what may have been meant.
 * Nothing here changes what is parsed. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "base/utf8.h"
#include "grammar/tokens.h"
#include "grammar/words.h"
#include "layers.h"
#include "recipes.h"

enum { TOKEN_LIMIT = 1024, LONGEST_QUOTE = 40 };

/* A token's text for a message, cut if it is long. */
static const char *quoted(struct parse *parse, struct span span)
{
    uint32_t end = span.end;
    if (end - span.start > LONGEST_QUOTE) {
        end = span.start + LONGEST_QUOTE;
        while (((unsigned char)parse->source->bytes[end] & 0xC0) == 0x80)
            end--;
    }
    const char *text = source_text(parse->source, parse->arena, (struct span){span.start, end});
    return arena_printf(parse->arena, "'%s%s'", text, end < span.end ? "..." : "");
}

static const char *token_text(struct parse *parse, struct token token)
{
    return source_text(parse->source, parse->arena, token.span);
}

static bool is_layer(const char *name)
{
    return layer_kind_named(name) >= 0;
}

static const char *describe_end(struct parse *parse)
{
    if (parse->held.kind == TOKEN_EOF)
        return "end of the file";
    if (parse->depth > 0)
        return arena_printf(parse->arena, "end of the statement before %s", quoted(parse, parse->held.span));
    return "end of the line";
}

static const char *describe(struct parse *parse, struct token token)
{
    const char *text = quoted(parse, token.span), *kind = "";
    switch (token.kind) {
    case TOKEN_EOF: return "end of the expression";
    case TOKEN_END: return describe_end(parse);
    case TOKEN_NAME: kind = is_layer(token.value.name) ? "layer " : "name "; break;
    case TOKEN_SETTING: kind = "setting "; break;
    case TOKEN_WORD: kind = "word "; break;
    case TOKEN_INTEGER:
    case TOKEN_REAL: kind = "number "; break;
    case TOKEN_SIZE: kind = "size "; break;
    case TOKEN_LABEL: kind = "label "; break;
    default: break;
    }
    return arena_printf(parse->arena, "%s%s", kind, text);
}

/* ---- what was expected ---- */

struct expectation {
    struct parse *parse;
    bool has[TOKEN_LIMIT];
    const char *words[TOKEN_LIMIT];
    size_t count;
};

static bool wants(const struct expectation *e, int token)
{
    return e->has[token];
}

static void drop(struct expectation *e, const int tokens[])
{
    for (; *tokens; tokens++)
        e->has[*tokens] = false;
}

static void add_word(struct expectation *e, const char *word)
{
    e->words[e->count++] = word;
}

static const int element_tokens[] = {TOKEN_NAME, TOKEN_LABEL, TOKEN_FROM, TOKEN_SHARE, 0};
static const int statement_tokens[] = {TOKEN_NETWORK, TOKEN_PARAM,  TOKEN_DEFAULT, TOKEN_BLOCK,
                                       TOKEN_TABLE,   TOKEN_EXPECT, TOKEN_TRAIN,   0};
static const int value_tokens[] = {TOKEN_INTEGER, TOKEN_REAL, TOKEN_NAME, TOKEN_WORD, TOKEN_SIZE, TOKEN_NOT,
                                   '(',           '[',        '-',        '+',        0};
static const int operator_tokens[] = {'+',      '-',      '*',      '/',       '%',      '^', '<',      '>', TOKEN_LE,
                                      TOKEN_GE, TOKEN_EQ, TOKEN_NE, TOKEN_AND, TOKEN_OR, '(', TOKEN_IF, 0};
static const int comparison_tokens[] = {'<', '>', TOKEN_LE, TOKEN_GE, TOKEN_EQ, TOKEN_NE, 0};
static const int entry_tokens[] = {TOKEN_INTEGER, TOKEN_REAL, '-', '+', 0};
static const int count_tokens[] = {TOKEN_INTEGER, TOKEN_NAME, TOKEN_WORD, TOKEN_SIZE, TOKEN_SETTING, 0};
static const int arrow_tokens[] = {TOKEN_ARROW, '-', '(', '{', 0}; /* that arguments could follow goes without saying */

/* Where a number, a name or a layer is expected: one word for the many tokens that may begin it. */
static void name_operands(struct expectation *e)
{
    if (wants(e, TOKEN_FROM)) {
        if (wants(e, TOKEN_NETWORK))
            add_word(e, "a statement");
        e->has[TOKEN_EOF] = false;
        add_word(e, "a layer or block name");
        if (wants(e, TOKEN_LABEL))
            add_word(e, "a label");
        drop(e, element_tokens);
        drop(e, statement_tokens);
    } else if (wants(e, TOKEN_REAL) && wants(e, TOKEN_NAME)) {
        add_word(e, "a value");
        drop(e, value_tokens);
    } else if (wants(e, TOKEN_REAL)) {
        add_word(e, "a number");
        drop(e, entry_tokens);
    } else if (wants(e, TOKEN_INTEGER)) {
        add_word(e, wants(e, TOKEN_SIZE) ? "a size" : "a count");
        add_word(e, "a name");
        drop(e, count_tokens);
    } else if (wants(e, TOKEN_NAME)) {
        int keyword = e->parse->previous.kind;
        add_word(e, keyword == TOKEN_DEFAULT  ? "a layer's name"
                    : keyword == TOKEN_EXPECT ? "params, macs, ram, flash or receptive_field"
                    : wants(e, TOKEN_SETTING) ? "a word such as SGD, or a setting such as batch=64"
                                              : "a name");
        drop(e, count_tokens);
    }
}

static void name_operators(struct expectation *e)
{
    if (wants(e, '/')) {
        add_word(e, "an operator");
        drop(e, operator_tokens);
    } else if (wants(e, TOKEN_LE)) {
        add_word(e, "a comparison");
        drop(e, comparison_tokens);
    }
    if (wants(e, TOKEN_ARROW)) {
        add_word(e, "'->'");
        drop(e, arrow_tokens);
    }
}

static const char *plain_name(struct parse *parse, int token)
{
    switch (token) {
    case TOKEN_EOF: return parse->expression ? "the end of the expression" : "the end of the file";
    case TOKEN_END: return "the end of the statement";
    case TOKEN_IF: return "'if'";
    case TOKEN_ELSE: return "'else'";
    case TOKEN_AS: return "'as'";
    case TOKEN_AND: return "'and'";
    case TOKEN_OR: return "'or'";
    case TOKEN_NOT: return "'not'";
    case TOKEN_WORD: return "a word";
    case TOKEN_SIZE: return "a size";
    case TOKEN_REFERENCE:
        return parse->statement == TOKEN_TRAIN ? "the label of a layer or group" : "the label of an earlier layer";
    default: return token < 128 ? arena_printf(parse->arena, "'%c'", token) : NULL;
    }
}

/* "A, B or C" */
static const char *expected_words(struct expectation *e)
{
    name_operands(e);
    name_operators(e);
    for (int token = 1; token < TOKEN_LIMIT; token++)
        if (wants(e, token) && token != TOKEN_END && plain_name(e->parse, token))
            add_word(e, plain_name(e->parse, token));
    if (wants(e, TOKEN_END))
        add_word(e, plain_name(e->parse, TOKEN_END));
    if (wants(e, TOKEN_EOF))
        add_word(e, plain_name(e->parse, TOKEN_EOF));
    struct text words = text_new(e->parse->arena);
    for (size_t i = 0; i < e->count; i++) {
        text_add(&words, i == 0 ? "" : i + 1 == e->count ? " or " : ", ");
        text_add(&words, e->words[i]);
    }
    return words.bytes;
}

/* ---- what may have been meant ---- */

static bool starts_item(int kind)
{
    return kind == TOKEN_NAME || kind == TOKEN_LABEL || kind == TOKEN_FROM || kind == TOKEN_SHARE || kind == '[';
}

static bool suggest_keyword(struct parse *parse, struct message *message)
{
    static const char *const keywords[] = {"network", "param", "default", "block", "table", "expect", "train"};
    bool two_names = parse->current.kind == TOKEN_NAME && parse->previous.kind == TOKEN_NAME;
    if (parse->expression || parse->ordinal != 2 || !two_names || is_layer(parse->previous.value.name))
        return false;
    const char *nearest = text_nearest(parse->previous.value.name, keywords, sizeof keywords / sizeof *keywords);
    if (!nearest && recipe_word_named(parse->current.value.name) >= 0)
        nearest = "train"; /* optimizer SGD(0.1) */
    if (nearest)
        message_help(message, "did you mean '%s'?", nearest);
    return nearest != NULL;
}

/* A layer after `X if c -`: the parser has read the '-' as minus. */
static bool suggest_arrow_after_condition(struct parse *parse, struct message *message)
{
    int kind = parse->current.kind;
    bool layer = kind == TOKEN_LABEL || kind == TOKEN_FROM || kind == TOKEN_SHARE;
    bool minus = layer && parse->previous.kind == '-';
    if (kind == '{' || (starts_item(kind) && parse->previous.kind == '['))
        minus = parse->before.kind == '-';
    if (minus)
        message_help(message, "after a condition '-' means minus: write -> before a layer");
    return minus;
}

static bool suggest_missing_arrow(struct parse *parse, struct message *message, const struct expectation *e)
{
    if (!wants(e, TOKEN_ARROW) || !starts_item(parse->current.kind))
        return false;
    const char *text = token_text(parse, parse->current);
    if (parse->current.kind == TOKEN_NAME && keyword_token(text, strlen(text)))
        message_help(message, "a statement starts on a line of its own");
    else if (parse->previous.kind == TOKEN_INTEGER && text[0] == 'x')
        message_help(message, "a size is written without blanks, as in 3x3");
    else
        message_help(message, "write -> between two layers");
    return true;
}

static bool is_comparison(int kind)
{
    return kind == '<' || kind == '>' || kind == TOKEN_LE || kind == TOKEN_GE || kind == TOKEN_EQ || kind == TOKEN_NE;
}

/* 50%: to the parser, a '%' without a right operand. */
static const char *percent_help(struct parse *parse)
{
    struct token number = parse->before;
    if (parse->previous.kind != '%' || (number.kind != TOKEN_INTEGER && number.kind != TOKEN_REAL))
        return NULL;
    double percent = strtod(token_text(parse, number), NULL);
    return arena_printf(parse->arena, "'%%' is the remainder of a division: write %g for %g%%", percent / 100, percent);
}

static const char repeat_help[] = "a repeat is written with *, as in [CONV(8) -> RELU]*3";

/* x3, or the x of x 3, behind what could be repeated. */
static bool is_cross_before_count(const char *text)
{
    return (text[0] == 'x' || text[0] == 'X') && text[1 + strspn(text + 1, "0123456789")] == 0;
}

/* Groups and repeats as they are written elsewhere: (CONV -> RELU)*3, [CONV -> RELU]x3. */
static const char *group_help(struct parse *parse, const struct expectation *e)
{
    int kind = parse->current.kind, before = parse->previous.kind;
    if (kind == '(' && wants(e, TOKEN_FROM))
        return "a group of layers goes in square brackets, as in [CONV(8) -> RELU]*3";
    if (kind == TOKEN_NAME && wants(e, TOKEN_ARROW) && is_cross_before_count(token_text(parse, parse->current)) &&
        (before == ']' || before == ')' || before == TOKEN_NAME))
        return repeat_help;
    return NULL;
}

static const char *operator_help(struct parse *parse, const struct expectation *e)
{
    int kind = parse->current.kind;
    const char *text = token_text(parse, parse->current);
    bool in_matrix = wants(e, TOKEN_REAL) && !wants(e, TOKEN_NAME);
    bool in_recipe = parse->statement == TOKEN_TRAIN && wants(e, ',') && parse->depth == 0;
    if (parse->previous.kind == TOKEN_INTEGER && kind == TOKEN_NAME && text[0] == 'x')
        return "a size is written without blanks, as in 3x3";
    if (kind == '=' && wants(e, TOKEN_EQ))
        return "write == to compare";
    if (is_comparison(kind) && wants(e, TOKEN_AND))
        return "comparisons do not chain: write a < b and b < c";
    if (wants(e, TOKEN_ARROW) && !wants(e, '/') && strchr("+/%^", kind) && kind < 128)
        return "a computed count needs parentheses, as in [RELU]*(n + 1)";
    if (wants(e, TOKEN_ARROW) && parse->previous.kind == TOKEN_NAME && is_layer(parse->previous.value.name) &&
        (kind == TOKEN_INTEGER || kind == TOKEN_REAL || kind == TOKEN_SIZE))
        return "a layer's arguments go in parentheses, as in CONV(6, 5x5)";
    if (wants(e, TOKEN_ARROW) && kind == ';')
        return "write -> between two layers";
    if (in_recipe && (kind == TOKEN_NAME || kind == TOKEN_ARROW || kind == ';' || kind == TOKEN_AND))
        return "commas separate what a train statement lists, as in train SGD(0.1), COSINE, batch=128";
    if (in_recipe && (kind == TOKEN_INTEGER || kind == TOKEN_REAL) && !wants(e, '/'))
        return "arguments go in parentheses, as in SGD(0.1), and settings take a value, as in batch=128";
    if (percent_help(parse))
        return percent_help(parse);
    if (in_matrix && kind == ',')
        return "blanks separate the entries of a matrix, ';' its rows";
    if (in_matrix && (kind == TOKEN_NAME || kind == TOKEN_WORD))
        return "names and expressions in a matrix go in parentheses";
    if (kind == TOKEN_WORD && wants(e, TOKEN_NAME) && !wants(e, TOKEN_REAL))
        return "this word is reserved: choose another name";
    return NULL;
}

static void add_help(struct parse *parse, struct message *message, const struct expectation *e)
{
    if (suggest_keyword(parse, message) || suggest_arrow_after_condition(parse, message))
        return;
    const char *help = group_help(parse, e);
    if (!help)
        help = operator_help(parse, e);
    if (help)
        message_help(message, "%s", help);
    else
        suggest_missing_arrow(parse, message, e);
}

/* ---- the reports ---- */

static bool is_closer(int kind)
{
    return kind == ')' || kind == ']' || kind == '}';
}

static int opener_of(int closer)
{
    return closer == ')' ? '(' : closer == ']' ? '[' : '{';
}

/* A closing bracket that does not match the innermost open one. */
static bool report_wrong_closer(struct parse *parse)
{
    int kind = parse->current.kind;
    struct bracket open = parse->enclosing;
    if (!is_closer(kind) || kind == closing_bracket(open.kind))
        return false;
    if (!open.kind) {
        diag_report(parse->diag, CHECK_SYNTAX, parse->current.span, "'%c' closes nothing: no '%c' is open", kind,
                    opener_of(kind));
        return true;
    }
    struct message *message = diag_report(parse->diag, CHECK_SYNTAX, parse->current.span,
                                          "'%c' cannot close '%c': expected '%c' first", kind, open.kind,
                                          closing_bracket(open.kind));
    message_note(message, open.span, "this '%c' is open", open.kind);
    return true;
}

void syntax_error_report(struct parse *parse, const int expected[], size_t count)
{
    parse->faulty = true;
    if (parse->stopped || report_wrong_closer(parse))
        return;
    struct expectation *e = ARENA_NEW(parse->arena, struct expectation);
    struct expectation *words = ARENA_NEW(parse->arena, struct expectation); /* consumed by expected_words */
    e->parse = parse;
    for (size_t i = 0; i < count; i++)
        if (expected[i] < TOKEN_LIMIT)
            e->has[expected[i]] = true;
    *words = *e;
    struct message *message = diag_report(parse->diag, CHECK_SYNTAX, parse->current.span, "unexpected %s, expected %s",
                                          describe(parse, parse->current), expected_words(words));
    add_help(parse, message, e);
    int kind = parse->current.kind, open = parse->enclosing.kind;
    bool unclosed = kind == TOKEN_END || kind == TOKEN_EOF || kind == TOKEN_ARROW || kind == TOKEN_LABEL || kind == '|';
    if (open && unclosed && wants(e, closing_bracket(open)))
        message_note(message, parse->enclosing.span, "this '%c' is not closed", open);
    else if (open && kind == TOKEN_END)
        message_note(message, parse->enclosing.span, "this '%c' is still open", open);
}

void syntax_error_too_deep(struct parse *parse, struct span span, const char *what)
{
    if (!parse->stopped)
        diag_report(parse->diag, CHECK_LIMIT, span, "%s nests more than %d levels deep", what, (int)LIMIT_NESTING);
    parse->stopped = true;
}

/* In text order, the first right operand of a '-' that names a layer. */
static const struct expr *layer_after_minus(const struct expr *expr)
{
    for (size_t i = 0; i < expr->count; i++) {
        const struct expr *operand = expr->operands[i];
        bool named = operand->kind == EXPR_NAME || operand->kind == EXPR_CALL;
        if (i == 1 && expr->kind == EXPR_BINARY && expr->op == OP_SUB && named && is_layer(operand->name))
            return operand;
        const struct expr *found = layer_after_minus(operand);
        if (found)
            return found;
    }
    return NULL;
}

void syntax_error_check_condition(struct parse *parse, const struct expr *condition)
{
    const struct expr *layer = layer_after_minus(condition);
    if (!layer)
        return;
    struct message *message = diag_report(parse->diag, CHECK_SYNTAX, layer->span,
                                          "layer '%s' cannot be part of a condition", layer->name);
    message_help(message, "after a condition '-' means minus: write -> before a layer");
}

static const char *bad_number_help(struct parse *parse, struct span span)
{
    const char *text = source_text(parse->source, parse->arena, span);
    size_t digits = strspn(text, "0123456789.");
    const char *rest = text + digits;
    const char *number = arena_copy(parse->arena, text, digits);
    if (!parse->expression && strchr(text, '_') && strspn(text, "0123456789x") > 1)
        return "to make it a label, end it with ':'";
    if (rest[0] == 'x' || strstr(text, "×") || strchr(text, '.') != strrchr(text, '.'))
        return "write a size as 3x3 or 32x32x3, or with names or expressions as (n, n + 1)";
    return arena_printf(parse->arena, "for a product write %s*%s%s", number, rest,
                        parse->expression ? "" : "; for a label end it with ':'");
}

static const char *code_point(struct parse *parse, struct span span)
{
    const unsigned char *p = (const unsigned char *)parse->source->bytes + span.start;
    int length = utf8_length(p);
    unsigned long code = length <= 1 ? p[0] : p[0] & (0xFFu >> (length + 1));
    for (int i = 1; i < length; i++)
        code = code << 6 | (p[i] & 0x3Fu);
    bool printable = code > 32 && (code < 127 || code > 160);
    return printable && code < 127 ? quoted(parse, span)
                                   : arena_printf(parse->arena, "U+%04lX%s%s", code, printable ? " " : "",
                                                  printable ? quoted(parse, span) : "");
}

/* Quotes that word processors produce: U+2018 to U+201F, and angle quotes. */
static bool is_typographic_quote(const char *text)
{
    bool general = strncmp(text, "\xE2\x80", 2) == 0 && text[2] >= '\x98' && text[2] <= '\x9F';
    return general || strncmp(text, "\xC2\xAB", 2) == 0 || strncmp(text, "\xC2\xBB", 2) == 0;
}

static const char word_help[] = "words are written without quotes, as in pad=same";

/* Blanks that are not blanks here: what word processors and web pages put between words. */
static const char *blank_name(const char *text)
{
    static const struct {
        const char *bytes, *name;
    } blanks[] = {{"\xC2\xA0", "a no-break space"},       {"\xE2\x80\xAF", "a narrow no-break space"},
                  {"\xE2\x80\x89", "a thin space"},       {"\xE2\x80\x83", "an em space"},
                  {"\xE2\x80\x82", "an en space"},        {"\xE3\x80\x80", "an ideographic space"},
                  {"\xE2\x80\x8B", "a zero-width space"}, {"\xEF\xBB\xBF", "a byte order mark"}};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strcmp(text, blanks[i].bytes) == 0)
            return blanks[i].name;
    return NULL;
}

/* Does this quote begin the value of an argument, as in pad='same'? */
static bool begins_value(const struct parse *parse)
{
    int before = parse->current.kind;
    return parse->depth > 0 && parse->open[parse->depth].kind == '(' &&
           (before == '=' || before == ',' || before == '(');
}

static void report_bad_character(struct parse *parse, struct span span)
{
    const char *first = source_text(parse->source, parse->arena, span), *blank = blank_name(first);
    struct message *message = diag_report(parse->diag, CHECK_SYNTAX, span, "unexpected character %s%s%s",
                                          code_point(parse, span), blank ? ", " : "", blank ? blank : "");
    if (blank)
        message_help(message, "replace it with a blank: word processors and web pages write it");
    else if (begins_value(parse) && (first[0] == '\'' || is_typographic_quote(first)))
        message_help(message, "%s", word_help);
    else if (first[0] == '\'' || is_typographic_quote(first))
        message_help(message, "a label is a bare word, as in conv1: CONV(64), or is in %s quotes",
                     first[0] == '\'' ? "double" : "straight");
}

void syntax_error_bad_token(struct parse *parse, int raw, struct span span)
{
    const char *text = quoted(parse, span), *first = source_text(parse->source, parse->arena, span);
    struct diag *diag = parse->diag;
    struct message *message;
    switch ((enum raw_token)raw) {
    case RAW_BAD_QUOTED:
        message = diag_report(diag, CHECK_SYNTAX, span, "quoted text is a label and needs a ':'");
        message_help(message, "%s",
                     begins_value(parse) ? word_help : "write \"conv/1\": CONV(64), or FROM(\"conv/1\")");
        break;
    case RAW_BAD_LABEL:
        message = diag_report(diag, CHECK_SYNTAX, span, "%s is not a name", text);
        message_help(message, "a label may contain dots and {expressions}, and ends in ':', as in conv1.x: CONV(64)");
        break;
    case RAW_BAD_QUOTE:
        span.end = span.start + 1;
        diag_report(diag, CHECK_SYNTAX, span, "this quote is not closed on its line");
        break;
    case RAW_BAD_NUMBER:
        message = diag_report(diag, CHECK_SYNTAX, span, "malformed number %s%s", text,
                              first[strspn(first, "0123456789.×")] ? ": letter after digits" : "");
        message_help(message, "%s", bad_number_help(parse, span));
        break;
    case RAW_BAD_COMMENT:
        diag_report(diag, CHECK_SYNTAX, span, "%s does not start a comment: comments begin with '#'", text);
        break;
    case RAW_BAD_ARROW:
        message = diag_report(diag, CHECK_SYNTAX, span, "%s is not an arrow", text);
        message_fix(message, "->", "write -> between two layers, and - for minus");
        break;
    case RAW_BAD_LOGIC:
        message = diag_report(diag, CHECK_SYNTAX, span, "%s is not an operator", text);
        message_fix(message, first[0] == '!' ? "not" : "and", "write '%s'", first[0] == '!' ? "not" : "and");
        break;
    case RAW_BAD_COLON:
        message = diag_report(diag, CHECK_SYNTAX, span, "unexpected ':'");
        message_help(message, "a label's ':' comes directly after it, as in conv1: CONV(64)");
        break;
    case RAW_BAD_CROSS:
        message = diag_report(diag, CHECK_SYNTAX, span, "'×' is allowed only between the numbers of a size");
        message_help(message, "%s",
                     parse->current.kind == ']' || parse->current.kind == ')'
                         ? repeat_help
                         : "write a size without blanks, as in 3×3, and a product with *");
        break;
    default:
        parse->faulty = true; /* more of them often follow */
        report_bad_character(parse, span);
        break;
    }
}
