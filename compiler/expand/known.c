/* What can be known of a text with mistakes. Where a name is wrong, the item that it stands in is unknown, or the
 * definition is missing; then the rest is expanded, chain by chain, each up to its first mistake. Messages are only
 * read for their places here: what is wrong is said elsewhere. */
#include "base/diag_message.h"
#include "program.h"

/* A definition that is missing makes others wrong, which are found in the next round. */
enum { MOST_ROUNDS = 16, MOST_MISTAKES = 200 };

struct known {
    struct arena *arena;
    const struct source *source;
    struct ast ast; /* with a list of statements of its own */
    const struct define *defines;
};

static bool holds(struct span outer, struct span inner)
{
    return outer.start <= inner.start && inner.start <= outer.end;
}

/* The innermost item at the place becomes unknown. False: it was already, or there is none. */
static bool mark_chain(const struct chain *chain, struct span at)
{
    for (const struct element *e = chain->elements; e; e = e->next) {
        if (!holds(e->span, at))
            continue;
        const struct element *one = e;
        while (one->otherwise && holds(one->otherwise->span, at))
            one = one->otherwise;
        for (const struct chain *branch = one->item->body; branch; branch = branch->next)
            if (!one->item->unknown && holds(one->item->span, at) && holds(branch->span, at) && mark_chain(branch, at))
                return true;
        const bool fresh = !one->item->unknown;
        one->item->unknown = true;
        if (fresh)
            return true;
    }
    return false;
}

/* Leaves out what a message is about; false if nothing changes by that. */
static bool leave_out(struct known *known, const struct message *message)
{
    if (message->source != known->source || !message->has_span) {
        const bool fresh = known->defines != NULL; /* a -D that does not fit */
        known->defines = NULL;
        return fresh;
    }
    for (struct statement **s = &known->ast.statements; *s; s = &(*s)->next) {
        if (!holds((*s)->span, message->span) || message->span.start == (*s)->span.end)
            continue;
        if ((*s)->chain && holds((*s)->chain->span, message->span) && mark_chain((*s)->chain, message->span))
            return true;
        *s = (*s)->next;
        return true;
    }
    return false;
}

static void copy_statements(struct known *known, const struct ast *ast)
{
    struct statement **last = &known->ast.statements;
    for (const struct statement *s = ast->statements; s; s = s->next) {
        *last = ARENA_NEW(known->arena, struct statement);
        **last = *s;
        (*last)->next = NULL;
        last = &(*last)->next;
    }
}

/* The definitions and names of what is left, all of them right; NULL if it cannot be made right. */
static struct program *resolve(struct known *known)
{
    for (int round = 0; round < MOST_ROUNDS; round++) {
        struct diag *diag = diag_new(known->arena);
        diag_set_source(diag, known->source);
        struct program *program = program_new(known->arena, diag, known->source);
        program_collect(program, &known->ast, known->defines);
        program_resolve(program, &known->ast);
        if (!diag_failed(diag))
            return program;
        bool changed = false;
        for (size_t i = 0; i < diag->messages.count && diag_error_count(diag) <= MOST_MISTAKES; i++)
            if (diag->messages.items[i]->severity == SEVERITY_ERROR)
                changed = leave_out(known, diag->messages.items[i]) || changed;
        if (!changed)
            break;
    }
    return NULL;
}

void expand_known(struct arena *arena, const struct source *source, const struct ast *ast, const struct define *defines,
                  const char *stem, struct trace *trace)
{
    struct known known = {arena, source, {NULL, ast->arrows}, defines};
    copy_statements(&known, ast);
    struct program *program = resolve(&known);
    if (!program)
        return;
    *trace = (struct trace){0};
    program->trace = trace;
    program->partial = true;
    program->graph->name = program->network ? program->network->name : stem;
    struct scope *root = scope_open(program, NULL, "", false);
    for (const struct statement *s = known.ast.statements; s; s = s->next) {
        struct place place = {program, NULL, NULL};
        struct flow flow = {NULL, true, false};
        if (s->kind == STATEMENT_CHAIN)
            expand_chain(&place, root, s->chain, &flow);
    }
    trace_finish(program);
}
