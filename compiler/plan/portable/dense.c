/* Plain C for operations that read their whole input as one row of numbers. */
#include "plan/portable/portable.h"

bool portable_dense(struct plan *plan, const struct op *op)
{
    if (op_is_quantised(op))
        return quantised_dense(plan, op);
    enum { SUM = 32, LONG_SUM = 4096 }; /* numbers from which it is kept in 8 parts, and in 16 */
    int64_t count = shape_elements(op->inputs.items[0]->shape);
    struct portable_lanes lanes = portable_lanes(count, count >= LONG_SUM ? 16 : count >= SUM ? 8 : 1);
    struct kernel *kernel = kernel_new(plan, "portable/fc.m4", "fc");
    kernel_numbers(kernel, {"IN_COUNT", count}, {"OUT_C", op->output->shape.c}, {"LANES", lanes.lanes},
                   {"WHOLE", lanes.whole});
    portable_describe_epilogue(plan, kernel, op, false);
    struct step *step = portable_linear_step(plan, op, kernel);
    if (op->residual)
        step_in_place(step, 1);
    return true;
}

bool portable_distance(struct plan *plan, const struct op *op)
{
    int64_t count = shape_elements(op->inputs.items[0]->shape), results = op->output->shape.c;
    struct kernel *kernel = kernel_new(plan, "portable/rbf.m4", "rbf");
    kernel_numbers(kernel, {"IN_COUNT", count}, {"OUT_C", results});
    plan_describe_store(plan, kernel, count * results);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_TENSOR, 1, count * results));
    step_writes(plan, step, portable_output(plan, op));
    return true;
}
