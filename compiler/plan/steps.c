/* The calls of a plan. */
#include "plan/build.h"

struct step *plan_step(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    struct step *step = ARENA_NEW(plan->arena, struct step);
    step->id = (int)plan->steps.count;
    step->op = op;
    step->kernel = kernel_intern(plan, kernel);
    VEC_PUSH(plan->arena, &plan->steps, step);
    return step;
}

void step_reads(struct plan *plan, struct step *step, struct tensor *tensor)
{
    VEC_PUSH(plan->arena, &step->arguments, ((struct argument){.kind = ARGUMENT_TENSOR, .tensor = tensor}));
}

void step_writes(struct plan *plan, struct step *step, struct tensor *tensor)
{
    VEC_PUSH(plan->arena, &step->arguments,
             ((struct argument){.kind = ARGUMENT_TENSOR, .tensor = tensor, .written = true}));
}

void step_weights(struct plan *plan, struct step *step, struct pack *pack)
{
    VEC_PUSH(plan->arena, &step->arguments, ((struct argument){.kind = ARGUMENT_WEIGHTS, .pack = pack}));
}

void step_in_place(struct step *step, size_t argument)
{
    step->in_place |= UINT32_C(1) << argument;
}

struct step *plan_transform(struct plan *plan, const struct op *op, struct kernel *kernel, struct tensor *from,
                            struct tensor *to)
{
    struct step *step = plan_step(plan, op, kernel);
    if (from)
        step_reads(plan, step, from);
    step_writes(plan, step, to);
    return step;
}
