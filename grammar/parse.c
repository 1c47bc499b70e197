/* The entry point: checks that the text can be read at all, and runs the parser over it. */
#include <string.h>

#include "base/diag.h"
#include "base/utf8.h"
#include "grammar/tokens.h"

static bool readable(const struct source *source, struct diag *diag)
{
    if (source->length > LIMIT_TEXT) {
        diag_report_file(diag, CHECK_LIMIT, source->path, "the text has %zu bytes; at most %d are read", source->length,
                         (int)LIMIT_TEXT);
        return false;
    }
    size_t bad = utf8_check(source->bytes, source->length);
    if (bad == source->length)
        return true;
    struct position at = source_position(source, (uint32_t)bad);
    unsigned byte = (unsigned char)source->bytes[bad];
    diag_report_file(diag, CHECK_ENCODING, source->path, "byte 0x%02X at line %d, column %d is %s", byte, at.line,
                     at.column, byte ? "not UTF-8 text" : "NUL: this is not a text file");
    return false;
}

struct ast *grammar_parse(struct arena *arena, const struct source *source, struct diag *diag)
{
    struct ast *ast = ARENA_NEW(arena, struct ast);
    if (!readable(source, diag))
        return ast;
    struct parse *parse = ARENA_NEW(arena, struct parse);
    parse->arena = arena;
    parse->source = source;
    parse->diag = diag;
    parse->ast = ast;
    parse_begin(parse, 0, (uint32_t)source->length);
    yyparse(parse);
    parse_end(parse);
    ast->arrows = (struct arrow_minus){parse->arrows.items, parse->arrows.count};
    return ast;
}

/* NULL if an error was reported. */
static struct expr *parse_range(struct parse *parse, uint32_t start, uint32_t end)
{
    int errors = diag_error_count(parse->diag);
    parse->expression = true;
    parse_begin(parse, start, end);
    yyparse(parse);
    parse_end(parse);
    return diag_error_count(parse->diag) == errors ? parse->result : NULL;
}

struct expr *parse_slice(struct parse *outer, uint32_t start, uint32_t end)
{
    struct parse parse; /* not in the arena: there may be many labels */
    memset(&parse, 0, sizeof parse);
    parse.arena = outer->arena;
    parse.source = outer->source;
    parse.diag = outer->diag;
    parse.current.span = (struct span){start, start};
    return parse_range(&parse, start, end);
}

struct expr *grammar_parse_expression(struct arena *arena, const struct source *source, struct diag *diag)
{
    if (!readable(source, diag))
        return NULL;
    struct parse *parse = ARENA_NEW(arena, struct parse);
    parse->arena = arena;
    parse->source = source;
    parse->diag = diag;
    return parse_range(parse, 0, (uint32_t)source->length);
}
