/* Products of two results, matrix by matrix, and their gradients: each is a product again, of transposed matrices. */
#include "plan/train/train_plan.h"

/* How far apart an operand's numbers are: along the rows of the result, its columns, and what is summed up. */
struct steps {
    int64_t along, sum;
};

static void describe(struct kernel *kernel, const char *prefix, const struct lanes *tensor, struct steps steps)
{
    struct arena *arena = kernel->arena;
    kernel_numbers(kernel, {arena_printf(arena, "%s_ALONG", prefix), steps.along},
                   {arena_printf(arena, "%s_SUM", prefix), steps.sum},
                   {arena_printf(arena, "%s_PLANE", prefix), tensor->shape.c == 1 ? 0 : tensor->plane},
                   {arena_printf(arena, "%s_START", prefix), tensor->start});
}

static void product(struct train_plan *plan, const struct op *op, const char *family, struct lanes *a,
                    struct steps of_a, struct lanes *b, struct steps of_b, int64_t inner)
{
    struct lanes *out = train_result(plan, op);
    int64_t channels = a->shape.c > b->shape.c ? a->shape.c : b->shape.c;
    struct kernel *kernel = train_kernel(plan, "train/matmul.m4", family);
    describe(kernel, "IN", a, of_a);
    describe(kernel, "SECOND", b, of_b);
    kernel_numbers(kernel, {"CHANNELS", out->shape.c}, {"SUMMED", channels / out->shape.c}, {"INNER", inner});
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, a);
    train_tensor(plan, step, b);
    train_tensor(plan, step, out);
}

bool train_matmul(struct train_plan *plan, const struct op *op)
{
    if (op->kind != OP_GRADIENT) {
        struct lanes *a = train_operand(plan, op, 0), *b = train_operand(plan, op, 1);
        product(plan, op, "matmul", a, (struct steps){a->row, a->step}, b, (struct steps){b->step, b->row}, a->shape.w);
        return true;
    }
    struct lanes *gradient = train_operand(plan, op, 0), *other = train_operand(plan, op, 2 - op->operand);
    if (op->operand == 0)
        product(plan, op, "matmul_gradient", gradient, (struct steps){gradient->row, gradient->step}, other,
                (struct steps){other->row, other->step}, gradient->shape.w);
    else
        product(plan, op, "matmul_gradient", other, (struct steps){other->step, other->row}, gradient,
                (struct steps){gradient->step, gradient->row}, gradient->shape.h);
    return true;
}
