/* Notes what the expander does. Nothing here changes what it does. */
#include "expand/trace.h"

#include "program.h"

void trace_item(struct program *program, const struct item *item, const struct scope *scope, struct node *node)
{
    if (program->trace && node)
        VEC_PUSH(program->arena, &program->trace->steps, ((struct trace_step){item, scope->path, node}));
}

void trace_reference(struct program *program, const struct label *reference, const struct labelled *found)
{
    if (program->trace)
        VEC_PUSH(program->arena, &program->trace->uses, ((struct trace_use){reference, found}));
}

size_t trace_length(const struct program *program)
{
    return program->trace ? program->trace->steps.count : 0;
}

void trace_truncate(struct program *program, size_t length)
{
    if (program->trace)
        program->trace->steps.count = length;
}

/* The values of params, also of those that nothing uses: what is wrong with them is not reported here. */
static void add_params(struct program *program)
{
    struct diag *reported = program->diag;
    program->diag = diag_new(program->arena);
    diag_set_source(program->diag, program->source);
    for (size_t i = 0; i < program->params.count; i++) {
        struct param *param = program->params.entries[i].value;
        struct value value;
        if (param_value(program, param, &value))
            VEC_PUSH(program->arena, &program->trace->params,
                     ((struct trace_param){param->statement->name, value_text(program->arena, &value)}));
    }
    program->diag = reported;
}

void trace_finish(struct program *program)
{
    if (!program->trace)
        return;
    program->trace->graph = program->graph;
    program->trace->labels = program->labels;
    add_params(program);
}
