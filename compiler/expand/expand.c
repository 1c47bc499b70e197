/* The expander's order of work: collect the definitions, resolve the names, expand the chains. */
#include "expand.h"

#include <string.h>

#include "program.h"

struct program *program_new(struct arena *arena, struct diag *diag, const struct source *source)
{
    struct program *program = ARENA_NEW(arena, struct program);
    program->arena = arena;
    program->diag = diag;
    program->source = source;
    program->expansion = ARENA_NEW(arena, struct expansion);
    program->graph = ARENA_NEW(arena, struct graph);
    program->expansion->graph = program->graph;
    program->graph->arena = arena;
    program->graph->source = source;
    program->graph->recipe = recipe_new(arena);
    for (int i = 0; i < LAYER_COUNT; i++)
        program->arguments[i] = layer_arguments(arena, (enum layer_kind)i, &program->argument_counts[i]);
    return program;
}

static void expand_statement(struct program *program, struct scope *root, const struct statement *statement)
{
    struct place place = {program, NULL, NULL};
    struct flow flow = {NULL, true, false};
    if (!expand_chain(&place, root, statement->chain, &flow))
        return;
    if (flow.dropped)
        diag_report(program->diag, CHECK_CHAIN, statement->span,
                    "NONE drops a branch of a merge, but this is not inside a merge");
    else if (!flow.node)
        diag_report(program->diag, CHECK_CHAIN, statement->span, "this chain has no layer");
}

static void expand_statements(struct program *program, const struct ast *ast)
{
    struct scope *root = scope_open(program, NULL, "", false);
    bool any = false;
    for (const struct statement *s = ast->statements; s && !diag_full(program->diag); s = s->next) {
        if (s->kind != STATEMENT_CHAIN)
            continue;
        any = true;
        expand_statement(program, root, s);
    }
    if (!any) {
        struct message *m = diag_report_file(program->diag, CHECK_CHAIN, NULL,
                                             "the text describes no network: it has no chain of layers");
        message_help(m, "the smallest network is INPUT(28x28) -> FC(10)");
    }
}

struct expansion *expand_traced(struct arena *arena, struct diag *diag, const struct source *source,
                                const struct ast *ast, const struct define *defines, const char *name, const char *stem,
                                struct trace *trace)
{
    struct program *program = program_new(arena, diag, source);
    program->trace = trace;
    program_collect(program, ast, defines);
    if (!diag_failed(diag))
        program_resolve(program, ast);
    if (diag_failed(diag))
        return NULL;
    program->graph->name = name ? name : program->network ? program->network->name : stem;
    expand_statements(program, ast);
    for (const struct statement *s = ast->statements; s; s = s->next)
        if (s->kind == STATEMENT_EXPECT)
            expect_collect(program, s);
    train_collect(program, ast);
    if (diag_failed(diag))
        return NULL;
    if (!graph_finish(program->graph)) {
        diag_report_file(diag, CHECK_LIMIT, source->path,
                         "the total of multiply-accumulates or connections does not fit in 64 bits");
        return NULL;
    }
    train_finish(program);
    if (diag_failed(diag))
        return NULL;
    trace_finish(program);
    return program->expansion;
}

struct expansion *expand_network(struct arena *arena, struct diag *diag, const struct source *source,
                                 const struct ast *ast, const struct define *defines, const char *name,
                                 const char *stem)
{
    return expand_traced(arena, diag, source, ast, defines, name, stem, NULL);
}
