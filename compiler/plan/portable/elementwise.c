/* Plain C for what works on each number by itself. */
#include "plan/portable/portable.h"

bool portable_unary(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    bool slopes = function_is_sloped(&op->function);
    const char *family = arena_printf(plan->arena, "apply_%s", function_table[op->function.kind].word);
    struct kernel *kernel = kernel_new(plan, "portable/unary.m4", family);
    kernel_numbers(kernel, {"CHANNELS", slopes ? shape.c : 1},
                   {"PIXELS", slopes ? shape.h * shape.w : shape_elements(shape)});
    portable_activation(plan, kernel, &op->function);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    portable_slopes(plan, op, step);
    step_writes(plan, step, portable_output(plan, op));
    step_in_place(step, 0);
    return true;
}

bool portable_affine(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    struct kernel *kernel = kernel_new(plan, "portable/affine.m4", "affine");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w});
    portable_activation(plan, kernel, op->activation);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_AFFINE, 1, 2 * shape.c));
    portable_slopes(plan, op, step);
    step_writes(plan, step, portable_output(plan, op));
    step_in_place(step, 0);
    return true;
}

/* ---- two tensors become one ---- */

struct axis_steps {
    int64_t c, h, w;
};

/* How far to go in a tensor for one step along each axis; 0 repeats it. */
static struct axis_steps steps_of(struct shape shape)
{
    return (struct axis_steps){shape.c == 1 ? 0 : shape.h * shape.w, shape.h == 1 ? 0 : shape.w, shape.w == 1 ? 0 : 1};
}

struct kernel *portable_describe_binary(struct plan *plan, const struct op *op, struct shape a, struct shape b,
                                        bool last)
{
    struct shape out = op->output->shape;
    const char *word = binary_word(op->binary);
    const bool integers = op_is_quantised(op);
    struct kernel *kernel = integers ? kernel_new(plan, "quantised/merge.m4", arena_printf(plan->arena, "%s_s8", word))
                                     : kernel_new(plan, "portable/merge.m4", word);
    if (shape_equal(a, out) && shape_equal(b, out)) /* one loop */
        a = b = out = (struct shape){1, shape_elements(out), 1};
    struct axis_steps sa = steps_of(a), sb = steps_of(b), to = steps_of(out);
    kernel_numbers(kernel, {"OUT_C", out.c}, {"OUT_H", out.h}, {"OUT_W", out.w}, {"A_C", sa.c}, {"A_H", sa.h},
                   {"A_W", sa.w}, {"B_C", sb.c}, {"B_H", sb.h}, {"B_W", sb.w}, {"TO_C", to.c}, {"TO_H", to.h},
                   {"TO_W", to.w});
    kernel_word(kernel, "KIND", word);
    if (integers)
        quantised_describe_merge(plan, kernel, op);
    else
        portable_activation(plan, kernel, last ? op->activation : NULL);
    return kernel;
}

/* A WHERE has three operands at once. */
static bool portable_where(struct plan *plan, const struct op *op)
{
    static const char *const names[] = {"WHICH", "A", "B", "TO"};
    struct tensor *out = portable_output(plan, op), *tensors[] = {NULL, NULL, NULL, out};
    bool alike = true;
    for (size_t i = 0; i < 3; i++) {
        tensors[i] = portable_input(plan, op, i);
        alike = alike && shape_equal(tensors[i]->shape, out->shape);
    }
    const struct shape whole = alike ? (struct shape){1, shape_elements(out->shape), 1} : out->shape; /* one loop */
    struct kernel *kernel = kernel_new(plan, "portable/where.m4", "where");
    kernel_numbers(kernel, {"OUT_C", whole.c}, {"OUT_H", whole.h}, {"OUT_W", whole.w});
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct axis_steps steps = steps_of(alike ? whole : tensors[i]->shape);
        kernel_numbers(kernel, {arena_printf(plan->arena, "%s_C", names[i]), steps.c},
                       {arena_printf(plan->arena, "%s_H", names[i]), steps.h},
                       {arena_printf(plan->arena, "%s_W", names[i]), steps.w});
    }
    portable_activation(plan, kernel, op->activation);
    struct step *step = plan_step(plan, op, kernel);
    for (size_t i = 0; i < 3; i++) {
        step_reads(plan, step, tensors[i]);
        if (shape_equal(tensors[i]->shape, out->shape))
            step_in_place(step, i);
    }
    step_writes(plan, step, out);
    return true;
}

/* result = a op b; then result = result op c, ... */
bool portable_binary(struct plan *plan, const struct op *op)
{
    if (op->binary == BINARY_WHERE)
        return portable_where(plan, op);
    struct tensor *out = portable_output(plan, op), *a = portable_input(plan, op, 0);
    for (size_t i = 1; i < op->inputs.count; i++) {
        struct tensor *b = portable_input(plan, op, i);
        bool last = i + 1 == op->inputs.count;
        struct step *step = plan_step(plan, op, portable_describe_binary(plan, op, a->shape, b->shape, last));
        step_reads(plan, step, a);
        step_reads(plan, step, b);
        step_writes(plan, step, out);
        bool sole = op->inputs.count == 2; /* with more operands a later step still reads the others */
        if (sole && shape_equal(a->shape, out->shape))
            step_in_place(step, 0);
        if (sole && shape_equal(b->shape, out->shape))
            step_in_place(step, 1);
        a = out;
    }
    return true;
}
