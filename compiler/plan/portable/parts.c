/* What the families of the portable planner share. */
#include "plan/portable/portable.h"

struct tensor *portable_input(struct plan *plan, const struct op *op, size_t index)
{
    return plan->planar[op->inputs.items[index]->id];
}

struct tensor *portable_output(struct plan *plan, const struct op *op)
{
    struct tensor **slot = &plan->planar[op->output->id];
    if (!*slot)
        *slot = plan_tensor(plan, op->output, value_planar(op->output, NULL));
    return *slot;
}

/* ---- functions: helpers that kernels call on each number ---- */

void portable_function(struct plan *plan, struct kernel *kernel, const char *param, const struct function *function)
{
    if (!function) {
        kernel_word(kernel, param, "none");
        return;
    }
    struct kernel *helper = kernel_new(plan, "portable/activation.m4", function_table[function->kind].word);
    kernel_function(helper, function);
    kernel_reference(kernel, param, kernel_intern(plan, helper));
}

void portable_activation(struct plan *plan, struct kernel *kernel, const struct function *function)
{
    portable_function(plan, kernel, "ACTIVATION", function);
    kernel_number(kernel, "SLOPES", function_is_sloped(function));
}

void portable_slopes(struct plan *plan, const struct op *op, struct step *step)
{
    const struct function *function = op->kind == OP_UNARY ? &op->function : op->activation;
    if (function_is_sloped(function))
        step_weights(plan, step, plan_pack(plan, op, function->node, PACK_CHANNELS, 1, op->output->shape.c));
}

/* ---- operations with weights ---- */

void portable_describe_epilogue(struct plan *plan, struct kernel *kernel, const struct op *op, bool add_first)
{
    kernel_number(kernel, "HAS_BIAS", op_has_bias(op));
    bool first = add_first && !op->before, last = op->residual && !first;
    kernel_word(kernel, "RESIDUAL", !op->residual ? "none" : first ? "first" : "last");
    kernel_number(kernel, "HAS_FINISH", op->activation || last);
    kernel_number(kernel, "WEIGHT_COUNT", op_weight_count(op));
    plan_describe_store(plan, kernel, op_weight_count(op));
    portable_function(plan, kernel, "BEFORE", op->before);
    portable_activation(plan, kernel, op->activation);
}

struct step *portable_linear_step(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    int64_t count = op_weight_count(op) + (op_has_bias(op) ? op->output->shape.c : 0);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    if (op->residual)
        step_reads(plan, step, plan->planar[op->residual->id]);
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_ROWS, 1, count));
    portable_slopes(plan, op, step);
    step_writes(plan, step, portable_output(plan, op));
    return step;
}

/* ---- windows ---- */

struct portable_window portable_window(struct shape in, struct shape out, const struct window *window)
{
    struct portable_window w = {in.h, in.w, out.h, out.w, *window, false, false};
    const struct padding *pad = &window->pad;
    if (in.w == 1 && out.w == 1 && window->size.w == 1 && pad->left == 0 && pad->right == 0 && in.h > 1) {
        const struct window turned = {
            {1, window->size.h}, {1, window->stride.h}, {1, window->dilation.h}, {0, pad->top, 0, pad->bottom}};
        w = (struct portable_window){1, in.h, 1, out.h, turned, false, false};
    }
    int64_t last_h = (w.out_h - 1) * w.window.stride.h + (w.window.size.h - 1) * w.window.dilation.h - w.window.pad.top;
    int64_t last_w = (w.out_w - 1) * w.window.stride.w + (w.window.size.w - 1) * w.window.dilation.w -
                     w.window.pad.left;
    w.clip_h = w.window.pad.top > 0 || last_h >= w.in_h;
    w.clip_w = w.window.pad.left > 0 || last_w >= w.in_w;
    return w;
}

void portable_describe_window(struct kernel *kernel, const struct portable_window *w)
{
    const struct window *window = &w->window;
    kernel_numbers(kernel, {"IN_H", w->in_h}, {"IN_W", w->in_w}, {"OUT_H", w->out_h}, {"OUT_W", w->out_w},
                   {"KERNEL_H", window->size.h}, {"KERNEL_W", window->size.w}, {"STRIDE_H", window->stride.h},
                   {"STRIDE_W", window->stride.w}, {"PAD_TOP", window->pad.top}, {"PAD_LEFT", window->pad.left},
                   {"CLIP_H", w->clip_h}, {"CLIP_W", w->clip_w});
}

struct portable_lanes portable_lanes(int64_t count, int64_t lanes)
{
    return (struct portable_lanes){lanes, lanes > 1 ? count / lanes * lanes : 0};
}
