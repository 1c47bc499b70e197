/* Several numbers become one, REDUCE, ARGMAX and MAXOUT, and their gradients. */
#include "plan/train/train_plan.h"

/* Behind the gradient of the result lie the input and the result, where the formula reads them. */
static void gradient_operands(struct train_plan *plan, struct kernel *kernel, const struct op *op)
{
    static const char *const both[] = {"GRADIENT", "IN", "RESULT"};
    for (size_t i = 0; i < op->inputs.count; i++)
        train_describe(kernel, both[i], train_operand(plan, op, i));
    kernel_numbers(kernel, {"READS_IN", op->inputs.count > 1}, {"READS_RESULT", op->inputs.count > 2});
}

bool train_reduce(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT;
    const struct op *of = back ? op->of : op;
    const struct reduction *r = &of->reduction;
    struct lanes *out = train_result(plan, op);
    const char *template = back                         ? "train/reduce_gradient.m4"
                           : r->kind == REDUCING_ARGMAX ? "train/argmax.m4"
                                                        : "train/reduce.m4";
    struct kernel *kernel = train_kernel(
        plan, template, arena_printf(plan->arena, "reduce_%s%s", reducing_word(r->kind), back ? "_gradient" : ""));
    if (back || r->kind != REDUCING_ARGMAX)
        kernel_word(kernel, "KIND", reducing_word(r->kind));
    kernel_numbers(kernel, {"WINDOW_C", r->c}, {"WINDOW_H", r->h}, {"WINDOW_W", r->w}, {"COUNT", r->c * r->h * r->w},
                   {"CHANNELS", of->map.c}, {"ROWS", of->map.h}, {"COLUMNS", of->map.w});
    if (back)
        gradient_operands(plan, kernel, op);
    else
        train_describe(kernel, "IN", train_operand(plan, op, 0));
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    for (size_t i = 0; i < op->inputs.count; i++)
        train_tensor(plan, step, train_operand(plan, op, i));
    train_tensor(plan, step, out);
    return true;
}
