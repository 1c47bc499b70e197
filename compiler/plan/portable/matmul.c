/* Products of two results, matrix by matrix. */
#include "plan/portable/portable.h"

void portable_describe_matmul(struct kernel *kernel, const struct op *op)
{
    struct shape a = op->inputs.items[0]->shape, b = op->inputs.items[1]->shape;
    kernel_numbers(kernel, {"BATCH", op->map.c}, {"HEIGHT", a.h}, {"INNER", a.w}, {"WIDTH", b.w},
                   {"A_STEP", a.c == 1 ? 0 : a.h * a.w}, {"B_STEP", b.c == 1 ? 0 : b.h * b.w});
}

bool portable_matmul(struct plan *plan, const struct op *op)
{
    struct kernel *kernel = kernel_new(plan, "portable/matmul.m4", "matmul");
    portable_describe_matmul(kernel, op);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    step_reads(plan, step, portable_input(plan, op, 1));
    step_writes(plan, step, portable_output(plan, op));
    return true;
}
