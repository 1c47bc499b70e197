/* The pass that plans: operations, kernels, layouts, memory. Reports and budgets need its numbers too. */
#include <stdio.h>
#include <string.h>

#include "compilation.h"
#include "optimise/ops.h"

static bool wants_plan(const struct compilation *c)
{
    const struct options *o = &c->options;
    return compilation_wants_code(c) || o->summary || o->explain || o->trace ||
           (o->emit_given && o->emit == EMIT_JSON) || (c->expansion && expect_needs_plan(c->expansion));
}

static void trace(const struct compilation *c, const char *pass, const struct text *text)
{
    if (c->options.trace && strcmp(c->options.trace, pass) == 0)
        fwrite(text->bytes, 1, text->length, stdout);
}

bool pass_plan(struct compilation *c)
{
    struct plan_options options = {.winograd = !c->options.no_winograd};
    struct text text = text_new(c->arena);
    if (!wants_plan(c))
        return true;
    target_named(c->options.target, &options.target);
    struct op_list *list = optimise(c->arena, c->graph);
    op_list_print(list, &text);
    trace(c, "optimise", &text);
    c->plan = plan_make(c->arena, c->diag, list, options);
    if (!c->plan)
        return false;
    text = text_new(c->arena);
    plan_print(c->plan, &text);
    trace(c, "plan", &text);
    if (c->expansion)
        expect_plan(c->diag, c->expansion, c->plan->arena_bytes + c->plan->scratch_bytes, c->plan->weight_bytes);
    return !diag_failed(c->diag);
}
