/* Makes plans: lowers the graph, asks the target's planner for each operation's steps, then shares memory and places
 * everything. Which kernel computes what is decided in the planners' folders. */
#include "plan/plan.h"

#include "base/diag.h"
#include "optimise/optimise.h"
#include "plan/build.h"
#include "quantise/quantise.h"

/* The last step of each operation that computes a layer completes it. */
static void find_probes(struct plan *plan)
{
    const struct planner *planner = plan->options.target->planner;
    for (size_t i = 0; i < plan->steps.count; i++) {
        struct step *step = plan->steps.items[i];
        const struct op *op = step->op;
        /* Of those that make the result, which may be several. */
        bool last = i + 1 == plan->steps.count || plan->steps.items[i + 1]->op->output != op->output;
        plan->scratch_bytes = step->scratch > plan->scratch_bytes ? step->scratch : plan->scratch_bytes;
        if (!last || !op->output)
            continue;
        step->final = true;
        if (op->kind == OP_CONVERT && op->inputs.items[0]->type == op->output->type)
            continue; /* a part of what reads it */
        struct probe probe = {op->output->node, op, planner->result(plan, op), step->id};
        VEC_PUSH(plan->arena, &plan->probes, probe);
    }
}

const struct op *plan_end(const struct plan *plan, enum op_kind kind, size_t index)
{
    for (size_t i = 0; i < plan->list->ops.count; i++)
        if (plan->list->ops.items[i]->kind == kind && plan->list->ops.items[i]->index == (int)index)
            return plan->list->ops.items[i];
    return NULL; /* unreachable: each has one */
}

static bool plan_ops(struct plan *plan, struct diag *diag)
{
    const struct target *target = plan->options.target;
    bool complete = true;
    if (target->planner->begin)
        plan->planning = target->planner->begin(plan);
    for (size_t i = 0; i < plan->list->ops.count; i++) {
        const struct op *op = plan->list->ops.items[i];
        if (target->planner->plan_op(plan, op))
            continue;
        node_report(diag, CHECK_UNSUPPORTED, op->node, "--target=%s has no code for %s yet", target->name,
                    node_keyword(op->node));
        complete = false;
    }
    return complete;
}

struct plan *plan_make(struct arena *arena, struct diag *diag, const struct graph *graph, struct plan_options options)
{
    struct plan *plan = ARENA_NEW(arena, struct plan);
    struct op_list *list = lower(arena, graph);
    if (options.types)
        quantise(list, options.types);
    if (options.separate)
        optimise_separately(list);
    else
        optimise(list, options.target->planner->abilities);
    plan->arena = arena;
    plan->graph = graph;
    plan->list = list;
    plan->options = options;
    plan->planar = ARENA_ARRAY(arena, struct tensor *, list->values.count + 1);
    if (!plan_ops(plan, diag))
        return NULL;
    plan_alias(plan);
    plan_batch(plan);
    if (options.target->planner->end)
        options.target->planner->end(plan);
    plan_number_kernels(plan);
    find_probes(plan);
    plan_memory(plan);
    plan_place_weights(plan);
    return plan;
}
