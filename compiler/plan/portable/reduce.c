/* Several numbers become one: REDUCE, ARGMAX and MAXOUT. */
#include "plan/portable/portable.h"

/* The axes that are reduced lie side by side, so that planar tensors have three axes, of which the middle one goes. */
void portable_describe_reduction(struct kernel *kernel, const struct op *op)
{
    const struct reduction *r = &op->reduction;
    struct shape in = op->inputs.items[0]->shape;
    int64_t count = r->c * r->h * r->w, inner = r->w > 1 ? 1 : r->h > 1 ? in.w : in.h * in.w;
    if (r->kind != REDUCING_ARGMAX)
        kernel_word(kernel, "KIND", reducing_word(r->kind));
    kernel_numbers(kernel, {"OUTER", shape_elements(in) / count / inner}, {"COUNT", count}, {"INNER", inner});
}

bool portable_reduce(struct plan *plan, const struct op *op)
{
    const char *family = arena_printf(plan->arena, "reduce_%s", reducing_word(op->reduction.kind));
    const bool place = op->reduction.kind == REDUCING_ARGMAX;
    struct kernel *kernel = kernel_new(plan, place ? "portable/argmax.m4" : "portable/reduce.m4",
                                       place ? "argmax" : family);
    portable_describe_reduction(kernel, op);
    plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}
