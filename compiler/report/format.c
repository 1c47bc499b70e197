/* The canonical text of a network. It works on the scanner's tokens, so that comments and the author's
 * line breaks stay; it never joins or splits lines. Indentation follows the brackets: a bracket's
 * content is 4 deeper than the line that opened it, branches of a merge align with its brace, and a
 * line that starts with an arrow gets 2 more. */
#include "report/format.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "grammar/tokens.h"
#include "grammar/words.h"

enum { STEP = 4, ARROW_STEP = 2, COMMENT_GAP = 2, DEEPEST_INDENT = 80 };

struct piece { /* a token on its line */
    int kind;
    struct span span;
    size_t line;       /* of the text being formatted */
    size_t match_line; /* of the matching bracket */
    bool arrow, last;  /* a '-' that is an arrow; the last on its line */
};

struct line {
    size_t first, count; /* pieces */
    struct span comment;
    int indent;
    const char *code;
};

struct frame {
    int kind;
    bool matrix;
    int content, bar, closer; /* indents of the content, of lines that start with '|', of the closing bracket */
    int anchor;               /* to restore when it closes */
};

struct format {
    struct arena *arena;
    const struct source *source;
    struct VEC(struct piece) pieces;
    struct VEC(struct line) lines;
    struct frame frames[LIMIT_NESTING + 1]; /* frames[0] is the statement */
    int depth;
    int anchor;    /* the base of indentation for brackets opened now */
    int statement; /* kind of the statement's first token */
    size_t lines_indented;
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* ---- reading ---- */

static int piece_kind(const struct source *source, struct token token)
{
    if (token.kind != TOKEN_NAME)
        return token.kind;
    return identifier_token(source->bytes + token.span.start, token.span.end - token.span.start);
}

/* The comment between two offsets, without trailing blanks; empty if there is none. */
static struct span find_comment(const struct source *source, uint32_t from, uint32_t to)
{
    const char *hash = to > from ? memchr(source->bytes + from, '#', to - from) : NULL;
    if (!hash)
        return (struct span){to, to};
    while (strchr(" \t\r\f\v", source->bytes[to - 1]))
        to--;
    return (struct span){(uint32_t)(hash - source->bytes), to};
}

static void end_line(struct format *f, struct line *line, uint32_t from, uint32_t to)
{
    line->comment = find_comment(f->source, from, to);
    line->count = f->pieces.count - line->first;
    if (line->count)
        f->pieces.items[f->pieces.count - 1].last = true;
    VEC_PUSH(f->arena, &f->lines, *line);
    *line = (struct line){.first = f->pieces.count, .code = ""};
}

static void read_lines(struct format *f, const struct ast *ast)
{
    struct raw_tokens tokens = grammar_raw_tokens(f->arena, f->source);
    struct line line = {.code = ""};
    uint32_t end = 0;
    size_t arrow = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        struct token token = tokens.items[i];
        if (token.kind == RAW_NEWLINE) {
            end_line(f, &line, end, token.span.start);
        } else {
            size_t at = f->lines.count;
            struct piece piece = {piece_kind(f->source, token), token.span, at, at, false, false};
            while (arrow < ast->arrows.count && ast->arrows.offsets[arrow] < token.span.start)
                arrow++;
            piece.arrow = piece.kind == TOKEN_ARROW ||
                          (arrow < ast->arrows.count && ast->arrows.offsets[arrow] == token.span.start);
            VEC_PUSH(f->arena, &f->pieces, piece);
        }
        end = token.span.end;
    }
    end_line(f, &line, end, (uint32_t)f->source->length);
}

static bool is_opener(int kind)
{
    return kind == '(' || kind == '[' || kind == '{';
}

static bool is_closer(int kind)
{
    return kind == ')' || kind == ']' || kind == '}';
}

static void match_brackets(struct format *f)
{
    size_t open[LIMIT_NESTING + 1], depth = 0;
    for (size_t i = 0; i < f->pieces.count; i++) {
        struct piece *piece = &f->pieces.items[i];
        if (is_opener(piece->kind) && depth < LIMIT_NESTING) {
            open[depth++] = i;
        } else if (is_closer(piece->kind) && depth) {
            struct piece *opener = &f->pieces.items[open[--depth]];
            opener->match_line = piece->line;
            piece->match_line = opener->line;
        }
    }
}

/* ---- blanks within a line ---- */

static bool is_tight(int kind)
{
    return kind == '*' || kind == '/' || kind == '%' || kind == '^';
}

static bool is_word(int kind)
{
    return kind == TOKEN_NAME || kind == TOKEN_WORD || kind == TOKEN_FROM || kind == TOKEN_SHARE;
}

/* A '-' or '+' that belongs to the operand after it. */
static bool is_sign(const struct format *f, const struct piece *piece)
{
    if ((piece->kind != '-' && piece->kind != '+') || piece->arrow)
        return false;
    return f->frames[f->depth].matrix || piece == f->pieces.items || !token_ends_operand(piece[-1].kind);
}

/* Tokens with no blank before them. */
static bool is_close(int kind)
{
    return kind == ')' || kind == ',' || kind == ';' || kind == '?' || kind == '{';
}

static bool blank_between(const struct format *f, const struct piece *a, const struct piece *b, bool a_is_sign)
{
    bool arguments = f->frames[f->depth].kind == '(';
    if (a->kind == '(' || a_is_sign || is_close(b->kind))
        return false;
    if (a->kind == '[')
        return a->match_line != a->line;
    if (b->kind == ']')
        return b->match_line != b->line;
    if (is_tight(a->kind) || is_tight(b->kind))
        return false;
    if (a->kind == '=' || b->kind == '=')
        return !arguments && f->statement != TOKEN_TRAIN;
    return !(b->kind == '(' && is_word(a->kind));
}

static void add_piece(struct text *out, const struct format *f, const struct piece *piece)
{
    if (piece->arrow) {
        text_add(out, "->");
        return;
    }
    for (uint32_t i = piece->span.start; i < piece->span.end; i++) {
        bool cross = piece->kind == TOKEN_SIZE && (unsigned char)f->source->bytes[i] == 0xC3;
        text_add_char(out, cross ? 'x' : f->source->bytes[i]);
        i += cross;
    }
}

/* ---- indentation ---- */

/* `[` opens a matrix where a value is expected, a group where a layer is. */
static bool opens_matrix(const struct format *f, const struct piece *piece)
{
    const struct frame *frame = &f->frames[f->depth];
    return piece->kind == '[' && (f->depth ? frame->kind == '(' || frame->matrix
                                           : f->statement == TOKEN_PARAM || f->statement == TOKEN_TABLE ||
                                                 f->statement == TOKEN_EXPECT || f->statement == TOKEN_TRAIN);
}

static void open_frame(struct format *f, const struct piece *piece, int column)
{
    int content = f->anchor + STEP;
    struct frame frame = {piece->kind, opens_matrix(f, piece), content, content - 2, f->anchor, f->anchor};
    if (piece->kind == '{' && !piece->last) {
        frame.bar = least(column + (piece[1].kind == '|' ? 2 : 0), DEEPEST_INDENT);
        frame.content = frame.bar + 2;
        frame.closer = least(column, DEEPEST_INDENT);
        f->anchor = frame.content;
    }
    if (f->depth < LIMIT_NESTING)
        f->frames[++f->depth] = frame;
}

static void close_frame(struct format *f)
{
    if (f->depth) {
        f->anchor = f->frames[f->depth].anchor;
        f->depth--;
    }
}

static bool starts_statement(const struct format *f, const struct piece *piece)
{
    return piece == f->pieces.items ||
           (f->depth == 0 && !token_wants_more(piece[-1].kind) && !token_continues(piece->kind));
}

static int line_indent(struct format *f, const struct piece *piece)
{
    struct frame *frame = &f->frames[f->depth];
    if (piece->arrow)
        return frame->content + ARROW_STEP;
    if (piece->kind == '|')
        return frame->bar;
    if (is_closer(piece->kind))
        return frame->closer;
    if (token_continues(piece->kind) && !is_sign(f, piece))
        return frame->content + STEP;
    int before = piece[-1].kind;
    if (f->depth == 0 && before == '=') /* a body on lines of its own */
        return frame->content = STEP;
    bool separated = before == ',' || before == ';' || before == '|' || piece[-1].arrow;
    bool within = separated || is_opener(before) || frame->matrix;
    return f->depth && within ? frame->content : frame->content + STEP;
}

static void begin_statement(struct format *f, const struct piece *piece)
{
    f->depth = 0;
    f->frames[0] = (struct frame){0};
    f->statement = keyword_token(f->source->bytes + piece->span.start, piece->span.end - piece->span.start);
}

static void indent_line(struct format *f, struct line *line)
{
    const struct piece *first = &f->pieces.items[line->first];
    if (starts_statement(f, first))
        begin_statement(f, first);
    else
        line->indent = least(line_indent(f, first), DEEPEST_INDENT);
    f->anchor = line->indent + (first->kind == '|' ? 2 : 0);
}

/* Comment lines are indented like the line of code below them, or like the content that it closes. */
static void indent_comments(struct format *f, size_t end, int indent)
{
    for (; f->lines_indented < end; f->lines_indented++)
        f->lines.items[f->lines_indented].indent = indent;
    f->lines_indented = end + 1;
}

static void write_code(struct format *f, struct line *line)
{
    struct text code = text_new(f->arena);
    bool sign = false;
    int column = line->indent;
    size_t measured = 0;
    for (size_t i = 0; i < line->count; i++) {
        const struct piece *piece = &f->pieces.items[line->first + i];
        bool is_a_sign = is_sign(f, piece);
        if (i && blank_between(f, piece - 1, piece, sign))
            text_add_char(&code, ' ');
        sign = is_a_sign;
        column += text_columns(code.bytes + measured, code.length - measured);
        measured = code.length;
        if (is_opener(piece->kind))
            open_frame(f, piece, column);
        else if (is_closer(piece->kind))
            close_frame(f);
        add_piece(&code, f, piece);
    }
    line->code = code.bytes;
}

static void write_lines(struct format *f)
{
    for (size_t i = 0; i < f->lines.count; i++) {
        struct line *line = &f->lines.items[i];
        if (!line->count)
            continue;
        indent_line(f, line);
        bool closes = is_closer(f->pieces.items[line->first].kind);
        indent_comments(f, i, closes ? f->frames[f->depth].content : line->indent);
        write_code(f, line);
    }
}

/* ---- the text ---- */

static bool has_comment(const struct line *line)
{
    return line->comment.end > line->comment.start;
}

static int width(const struct line *line)
{
    return line->indent + text_columns(line->code, strlen(line->code));
}

static bool has_both(const struct line *line)
{
    return line->count && has_comment(line);
}

/* The column of the comments after consecutive lines of code, from `first` on. */
static int comment_column(const struct format *f, size_t first, size_t *end)
{
    int widest = 0;
    for (*end = first; *end < f->lines.count && has_both(&f->lines.items[*end]); ++*end)
        if (width(&f->lines.items[*end]) > widest)
            widest = width(&f->lines.items[*end]);
    return widest + COMMENT_GAP;
}

static const char *join_lines(struct format *f)
{
    struct text out = text_new(f->arena);
    text_add(&out, "");
    bool blank_before = false;
    size_t aligned = 0;
    int column = 0;
    for (size_t i = 0; i < f->lines.count; i++) {
        const struct line *line = &f->lines.items[i];
        if (!line->count && !has_comment(line)) {
            blank_before = out.length > 0;
            continue;
        }
        text_add(&out, blank_before ? "\n" : "");
        blank_before = false;
        text_repeat(&out, ' ', line->indent);
        text_add(&out, line->code);
        if (has_both(line) && i >= aligned)
            column = comment_column(f, i, &aligned);
        text_repeat(&out, ' ', has_both(line) ? column - width(line) : 0);
        text_add_bytes(&out, f->source->bytes + line->comment.start, line->comment.end - line->comment.start);
        text_add_char(&out, '\n');
    }
    return out.bytes;
}

const char *report_format(struct arena *arena, const struct source *source, const struct ast *ast)
{
    struct format *format = ARENA_NEW(arena, struct format);
    format->arena = arena;
    format->source = source;
    read_lines(format, ast);
    match_brackets(format);
    write_lines(format);
    return join_lines(format);
}
