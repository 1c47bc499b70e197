/* Several numbers of planar tensors become one: vectors along what is reduced, or across it. */
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

bool vector_reduce(struct planning *v, const struct op *op)
{
    static const struct function exponential = {.kind = FUNCTION_EXP}, logarithm = {.kind = FUNCTION_LOG};
    const struct reduction *r = &op->reduction;
    struct tensor *in = vector_planar(v, op, op->inputs.items[0]);
    const char *family = arena_printf(v->plan->arena, "reduce_%s", reducing_word(r->kind));
    const bool place = r->kind == REDUCING_ARGMAX;
    struct kernel *kernel = vector_kernel(v, place ? "vector/argmax.m4" : "vector/reduce.m4",
                                          place ? "argmax" : family);
    portable_describe_reduction(kernel, op);
    if (r->kind == REDUCING_LOGSUMEXP) {
        vector_function(v, kernel, "EXP", &exponential);
        vector_function(v, kernel, "LOG", &logarithm);
    }
    plan_transform(v->plan, op, kernel, in, portable_output(v->plan, op));
    return true;
}
