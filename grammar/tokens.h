/* The state of one parse, and the filter between scanner and parser: raw tokens in, tokens with
 * values and statement ends out. Shared by the files of grammar/ and by the formatter (raw tokens);
 * all others include ast.h. */
#ifndef CNNC_GRAMMAR_TOKENS_H
#define CNNC_GRAMMAR_TOKENS_H

#include "base/arena.h"
#include "grammar/ast.h"
#include "grammar/parser.h"

enum { TOKEN_EOF = 0 };

/* What the scanner returns besides the parser's tokens. */
enum raw_token {
    RAW_NEWLINE = 1000,
    RAW_BAD_QUOTED,  /* "text" without its ':' */
    RAW_BAD_QUOTE,   /* a quote not closed on its line */
    RAW_BAD_LABEL,   /* conv1.x without its ':' */
    RAW_BAD_NUMBER,  /* 2N */
    RAW_BAD_COMMENT, /* two slashes, or a slash and a star */
    RAW_BAD_ARROW,   /* => and dashes of other kinds */
    RAW_BAD_LOGIC,   /* && & ! */
    RAW_BAD_COLON,
    RAW_BAD_CROSS,
    RAW_BAD_CHARACTER
};

struct token {
    int kind;
    YYSTYPE value;
    struct span span;
};

struct bracket {
    int kind; /* '(' '[' '{' */
    struct span span;
    int nested; /* signs, powers and elses since the last separator, which nest without brackets */
};

struct parse {
    struct arena *arena;
    const struct source *source;
    struct diag *diag;
    void *scanner;
    bool expression; /* an expression alone: line ends are blanks, there are no statements */
    bool stopped;    /* a limit was exceeded: the rest is not read */
    bool started;    /* the parser has received the start token */
    bool faulty;     /* an error in the statement was reported: later ones in it may be its consequence */

    struct token held; /* read, but a statement end comes before it */
    bool has_held;
    struct token current, previous, before; /* the last three that the parser received */
    int ordinal;                            /* tokens passed on since the statement began */
    int statement;                          /* kind of the first of them */

    struct bracket open[LIMIT_NESTING + 1]; /* open[0] represents the statement itself */
    int depth;                              /* of brackets; open[depth] is the innermost */
    int nesting;                            /* of brackets and of what nests without them */
    struct bracket enclosing;               /* the innermost when the current token was read; kind 0 if none */

    struct ast *ast;
    struct statement *last;
    struct expr *result; /* of an expression alone */
    struct VEC(uint32_t) arrows;
};

/* The filter, as bison calls it. */
int yylex(YYSTYPE *value, struct span *span, struct parse *parse);
/* Prepares a parse of bytes [start, end) of the source; parse_end releases the scanner. */
void parse_begin(struct parse *parse, uint32_t start, uint32_t end);
void parse_end(struct parse *parse);
/* An expression in a part of the source: a label's {expr}. NULL after reporting an error. */
struct expr *parse_slice(struct parse *outer, uint32_t start, uint32_t end);

/* Reports that the current token is not one of the expected ones (syntax_error.c). */
void syntax_error_report(struct parse *parse, const int expected[], size_t count);
/* Reports one of RAW_BAD_*. */
void syntax_error_bad_token(struct parse *parse, int raw, struct span span);
/* Reports a '-' that was read as minus in a condition although a layer follows it. */
void syntax_error_check_condition(struct parse *parse, const struct expr *condition);
/* Reports that something nests too deep, once, and stops the parse. */
void syntax_error_too_deep(struct parse *parse, struct span span, const char *what);

/* The scanner alone, for the formatter: comments are in the gaps between tokens. */
struct raw_tokens {
    struct token *items;
    size_t count;
};
struct raw_tokens grammar_raw_tokens(struct arena *arena, const struct source *source);

/* The scanner reads the next token as a label if it can be one. */
void scan_reference(void *scanner);
_Noreturn void scan_fatal(const char *message);

#endif
