/* Pictures enlarged by whole factors, and their gradients. */
#include "plan/train/train_plan.h"

static struct kernel *nearest(struct train_plan *plan, const struct resizing *resize, bool back, struct lanes *from,
                              struct lanes *to)
{
    struct kernel *kernel = train_kernel(plan, "train/upsample.m4", back ? "upsample_gradient" : "upsample");
    kernel_numbers(kernel, {"BACK", back}, {"CHANNELS", to->shape.c}, {"FACTOR_H", resize->factor.h},
                   {"FACTOR_W", resize->factor.w});
    train_describe(kernel, "IN", from);
    train_describe_result(kernel, to);
    return kernel;
}

static struct kernel *bilinear(struct train_plan *plan, const struct resizing *resize, bool back, struct lanes *from,
                               struct lanes *to)
{
    struct kernel *kernel = train_kernel(plan, "train/bilinear.m4", back ? "bilinear_gradient" : "bilinear");
    kernel_numbers(kernel, {"BACK", back}, {"CHANNELS", to->shape.c}, {"FACTOR_H", resize->factor.h},
                   {"FACTOR_W", resize->factor.w}, {"ALIGN", resize->align}, {"OUT_COUNT", to->shape.c * to->plane});
    train_describe(kernel, "SMALL", back ? to : from);
    train_describe(kernel, "LARGE", back ? from : to);
    train_describe_border(kernel, to, !back);
    return kernel;
}

bool train_upsample(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT;
    const struct resizing *resize = back ? &op->of->resize : &op->resize;
    struct lanes *from = train_operand(plan, op, 0), *to = train_result(plan, op);
    struct kernel *kernel = resize->mode == UPSAMPLE_NEAREST ? nearest(plan, resize, back, from, to)
                                                             : bilinear(plan, resize, back, from, to);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, from);
    train_tensor(plan, step, to);
    return true;
}
