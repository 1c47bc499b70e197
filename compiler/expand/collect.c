/* The definitions of a text: params, blocks, tables, defaults, the network's name, and -D. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "program.h"

/* Could it be the name of a param? -D takes the names of ONNX's dimensions, too. */
static bool is_plain_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_')
            return false;
    return *name && !isdigit((unsigned char)*name);
}

static bool is_reserved(const char *name)
{
    return strchr("HWC", name[0]) && !name[1];
}

static void refuse_redefinition(struct program *program, const struct statement *statement,
                                const struct statement *first)
{
    struct message *m = diag_report(program->diag, CHECK_REDEFINED, statement->name_span, "%s is defined twice",
                                    statement->name);
    message_note(m, first->name_span, "the first definition is here");
}

/* Params, tables and blocks are looked up in different places, but one name for two of them would be confusing. */
static bool is_new(struct program *program, const struct statement *statement)
{
    const struct param *param = map_get(&program->params, statement->name);
    const struct table *table = map_get(&program->tables, statement->name);
    if (param || table) {
        refuse_redefinition(program, statement, param ? param->statement : table->statement);
        return false;
    }
    if (is_reserved(statement->name)) {
        diag_report(program->diag, CHECK_REDEFINED, statement->name_span,
                    "%s cannot be defined: H, W and C are the shape of the current tensor", statement->name);
        return false;
    }
    return true;
}

static void collect_param(struct program *program, const struct statement *statement)
{
    if (!is_new(program, statement))
        return;
    struct param *param = ARENA_NEW(program->arena, struct param);
    param->statement = statement;
    map_set(program->arena, &program->params, statement->name, param);
}

static void collect_table(struct program *program, const struct statement *statement)
{
    if (!is_new(program, statement))
        return;
    struct table *table = ARENA_NEW(program->arena, struct table);
    table->statement = statement;
    map_set(program->arena, &program->tables, statement->name, table);
}

static void collect_block(struct program *program, const struct statement *statement)
{
    const struct block *first = map_get(&program->blocks, statement->name);
    if (first) {
        refuse_redefinition(program, statement, first->statement);
        return;
    }
    if (layer_kind_named(statement->name) >= 0 || strcmp(statement->name, "NONE") == 0) {
        diag_report(program->diag, CHECK_REDEFINED, statement->name_span, "%s is a layer; a block needs another name",
                    statement->name);
        return;
    }
    int count = 0;
    for (const struct formal *a = statement->formals; a; a = a->next) {
        if (++count > LIMIT_FORMALS) { /* they are searched linearly */
            diag_report(program->diag, CHECK_LIMIT, a->span, "a block cannot have more than %d formals", LIMIT_FORMALS);
            return;
        }
        for (const struct formal *b = statement->formals; b != a; b = b->next)
            if (strcmp(a->name, b->name) == 0)
                diag_report(program->diag, CHECK_REDEFINED, a->span, "%s is listed twice", a->name);
        if (is_reserved(a->name))
            diag_report(program->diag, CHECK_REDEFINED, a->span,
                        "H, W and C cannot be redefined: they are the shape of the current tensor");
    }
    struct block *block = ARENA_NEW(program->arena, struct block);
    block->statement = statement;
    map_set(program->arena, &program->blocks, statement->name, block);
}

static void collect_default(struct program *program, const struct statement *statement)
{
    int kind = layer_kind_named(statement->name);
    if (kind < 0 || layer_is_merge((enum layer_kind)kind)) {
        diag_report(program->diag, CHECK_UNKNOWN_LAYER, statement->name_span, "no layer is named %s", statement->name);
        return;
    }
    struct layer_default item = {(enum layer_kind)kind, statement};
    VEC_PUSH(program->arena, &program->defaults, item);
}

static void collect_network(struct program *program, const struct statement *statement)
{
    if (!program->network) {
        program->network = statement;
        return;
    }
    struct message *m = diag_report(program->diag, CHECK_REDEFINED, statement->span,
                                    "a file can hold only one network");
    message_note(m, program->network->span, "the first one is named here");
}

static const char *param_list(struct program *program)
{
    enum { MOST = 12 };
    struct text list = text_new(program->arena);
    for (size_t i = 0; i < program->params.count && i < MOST; i++)
        text_printf(&list, "%s%s", i ? ", " : "", program->params.entries[i].key);
    if (program->params.count > MOST)
        text_add(&list, ", ...");
    return list.bytes;
}

static void refuse_define(struct program *program, const struct define *define)
{
    const char **names = ARENA_ARRAY(program->arena, const char *, program->params.count + 1);
    for (size_t i = 0; i < program->params.count; i++)
        names[i] = program->params.entries[i].key;
    const char *nearest = text_nearest(define->name, names, program->params.count);
    struct message *m = diag_report_file(program->diag, CHECK_UNKNOWN_NAME, NULL,
                                         "-D %s: the network has no param of this name", define->name);
    if (nearest)
        message_help(m, "did you mean %s?", nearest);
    if (program->params.count)
        message_help(m, program->params.count == 1 ? "its only param is %s" : "its params are %s", param_list(program));
    else if (is_plain_name(define->name))
        message_help(m, "it has no params; the line param %s = %s would make one, for expressions to use", define->name,
                     define->value);
    else
        message_help(m, "it has no params");
}

static void collect_defines(struct program *program, const struct define *defines)
{
    for (const struct define *define = defines; define; define = define->next) {
        struct param *param = map_get(&program->params, define->name);
        if (!param) {
            refuse_define(program, define);
            continue;
        }
        const struct source *source = source_new(program->arena, "-D", define->value, strlen(define->value));
        diag_set_source(program->diag, source);
        struct expr *expr = grammar_parse_expression(program->arena, source, program->diag);
        struct place place = {program, NULL, NULL};
        param->state = expr && value_of(&place, expr, &param->value) ? PARAM_READY : PARAM_BROKEN;
        param->value.span = param->statement->span;
        diag_set_source(program->diag, program->source);
    }
}

void program_collect(struct program *program, const struct ast *ast, const struct define *defines)
{
    for (const struct statement *s = ast->statements; s; s = s->next) {
        switch (s->kind) {
        case STATEMENT_NETWORK: collect_network(program, s); break;
        case STATEMENT_PARAM: collect_param(program, s); break;
        case STATEMENT_TABLE: collect_table(program, s); break;
        case STATEMENT_BLOCK: collect_block(program, s); break;
        case STATEMENT_DEFAULT: collect_default(program, s); break;
        case STATEMENT_EXPECT:
        case STATEMENT_TRAIN:
        case STATEMENT_CHAIN: break;
        }
    }
    collect_defines(program, defines);
}
