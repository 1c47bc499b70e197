/* Plain C convolutions and transposed convolutions. */
#include "plan/portable/portable.h"

/* Kernels that begin with the residual read each number of it before they write to its place. */
static bool finish(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    portable_describe_epilogue(plan, kernel, op, true);
    struct step *step = portable_linear_step(plan, op, kernel);
    if (op->residual && !op->before)
        step_in_place(step, 1);
    return true;
}

static bool covers_input(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct window *w = &op->window;
    return op->groups == 1 && out.h == 1 && out.w == 1 && w->size.h == in.h && w->size.w == in.w &&
           (w->dilation.h == 1 || in.h == 1) && (w->dilation.w == 1 || in.w == 1) && w->pad.top == 0 &&
           w->pad.left == 0;
}

static bool is_pointwise(const struct op *op, const struct portable_window *w)
{
    return op->groups == 1 && w->window.size.h == 1 && w->window.size.w == 1 && w->window.stride.h == 1 &&
           w->window.stride.w == 1 && !w->clip_h && !w->clip_w && op->window.pad.bottom == 0 &&
           op->window.pad.right == 0;
}

static bool plan_pointwise(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape;
    struct kernel *kernel = kernel_new(plan, "portable/pointwise.m4", "pointwise");
    kernel_numbers(kernel, {"IN_C", in.c}, {"OUT_C", op->output->shape.c}, {"PIXELS", in.h * in.w});
    return finish(plan, op, kernel);
}

static void describe_groups(struct kernel *kernel, const struct op *op, struct pair dilation)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    kernel_numbers(kernel, {"OUT_C", out.c}, {"GROUPS", op->groups}, {"IN_PER_GROUP", in.c / op->groups},
                   {"OUT_PER_GROUP", out.c / op->groups}, {"DILATION_H", dilation.h}, {"DILATION_W", dilation.w},
                   {"GROUP_SIZE", in.c / op->groups * in.h * in.w});
}

bool portable_convolution(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct portable_window w = portable_window(in, out, &op->window);
    if (covers_input(op))
        return portable_dense(plan, op);
    if (is_pointwise(op, &w))
        return plan_pointwise(plan, op);
    const char *family = arena_printf(plan->arena, "%s%lldx%lld", op_is_depthwise(op) ? "depthwise" : "conv",
                                      (long long)op->window.size.h, (long long)op->window.size.w);
    struct kernel *kernel = kernel_new(plan, "portable/conv.m4", family);
    portable_describe_window(kernel, &w);
    describe_groups(kernel, op, w.window.dilation);
    return finish(plan, op, kernel);
}

bool portable_transposed(struct plan *plan, const struct op *op)
{
    const struct window *w = &op->window;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct kernel *kernel = kernel_new(plan, "portable/deconv.m4", "deconv");
    int64_t reach_h = (in.h - 1) * w->stride.h + (w->size.h - 1) * w->dilation.h - w->pad.top;
    int64_t reach_w = (in.w - 1) * w->stride.w + (w->size.w - 1) * w->dilation.w - w->pad.left;
    portable_describe_window(kernel,
                             &(struct portable_window){in.h, in.w, out.h, out.w, *w, w->pad.top > 0 || reach_h >= out.h,
                                                       w->pad.left > 0 || reach_w >= out.w});
    describe_groups(kernel, op, w->dilation);
    kernel_number(kernel, "OUT_PIXELS", out.h * out.w);
    return finish(plan, op, kernel);
}
