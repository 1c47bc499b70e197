/* Pools and their gradients. */
#include "plan/train/train_plan.h"

/* As one window or many: what the templates' windows are made of. */
static void describe_windows(struct kernel *kernel, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    const struct window *w = &op->window;
    struct pair size = w->size, stride = w->stride;
    struct padding pad = w->pad;
    if (op->pool.whole) {
        size = (struct pair){in.h, in.w};
        stride = (struct pair){1, 1};
        pad = (struct padding){0, 0, 0, 0};
    }
    int64_t last_h = (out.h - 1) * stride.h + size.h - pad.top, last_w = (out.w - 1) * stride.w + size.w - pad.left;
    bool adaptive = op->pool.adaptive && !op->pool.whole;
    bool clip_h = !adaptive && (pad.top > 0 || last_h > in.h), clip_w = !adaptive && (pad.left > 0 || last_w > in.w);
    bool padded = last_h > in.h + pad.bottom || last_w > in.w + pad.right;
    bool real = adaptive || ((clip_h || clip_w) && !op->pool.count_pad);
    kernel_numbers(kernel, {"CHANNELS", in.c}, {"ADAPTIVE", adaptive}, {"KERNEL_H", size.h}, {"KERNEL_W", size.w},
                   {"STRIDE_H", stride.h}, {"STRIDE_W", stride.w}, {"PAD_H", pad.top}, {"PAD_W", pad.left},
                   {"CLIP_H", clip_h}, {"CLIP_W", clip_w}, {"LIMIT_H", in.h + pad.bottom},
                   {"LIMIT_W", in.w + pad.right});
    kernel_word(kernel, "COUNT", real ? "real" : padded && (clip_h || clip_w) ? "padded" : "all");
    kernel_word(kernel, "KIND", pool_kind_words[op->pool.kind]);
}

/* Means whose pixels count the less the further they are from the window's centre: the result, or the gradient of the
 * input. */
static bool gauss_pool(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT;
    const struct op *of = back ? op->of : op;
    struct lanes *from = train_operand(plan, op, 0), *to = train_result(plan, op);
    struct shape in = of->inputs.items[0]->shape, out = of->map;
    bool adaptive = of->pool.adaptive;
    struct kernel *window = kernel_new(plan->plan, "portable/gauss_window.m4", "gauss_window");
    window->helper = true;
    struct kernel *kernel = train_kernel(plan, "train/gauss_pool.m4", back ? "gausspool_gradient" : "gausspool");
    describe_windows(kernel, of);
    kernel_reference(kernel, "GAUSS_WINDOW", kernel_intern(plan->plan, window));
    kernel_numbers(kernel, {"BACK", back}, {"OUT_COUNT", to->shape.c * to->plane},
                   {"MOST_ROWS", adaptive ? plan_ceiling(in.h, out.h) + 1 : of->window.size.h},
                   {"MOST_COLUMNS", adaptive ? plan_ceiling(in.w, out.w) + 1 : of->window.size.w});
    train_describe(kernel, "IN", back ? to : from);
    train_describe(kernel, "OUT", back ? from : to);
    train_describe_border(kernel, to, !back);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, from);
    train_tensor(plan, step, to);
    return true;
}

bool train_pool(struct train_plan *plan, const struct op *op)
{
    if (op->pool.kind == POOL_KIND_GAUSS)
        return gauss_pool(plan, op);
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct kernel *kernel = train_kernel(plan, "train/pool.m4",
                                         arena_printf(plan->arena, "%spool", pool_kind_words[op->pool.kind]));
    describe_windows(kernel, op);
    train_describe(kernel, "IN", in);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_tensor(plan, step, out);
    return true;
}

/* Do the windows cover each pixel once? */
static bool are_apart(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    const struct window *w = &op->window;
    if (op->pool.whole)
        return true;
    return !op->pool.adaptive && w->size.h == w->stride.h && w->size.w == w->stride.w && w->pad.top == 0 &&
           w->pad.left == 0 && out.h * w->size.h >= in.h && out.w * w->size.w >= in.w;
}

bool train_pool_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    if (of->pool.kind == POOL_KIND_GAUSS)
        return gauss_pool(plan, op);
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    const char *word = pool_kind_words[of->pool.kind];
    struct kernel *kernel = train_kernel(plan, "train/pool_gradient.m4",
                                         arena_printf(plan->arena, "%spool_gradient", word));
    describe_windows(kernel, of);
    kernel_numbers(kernel, {"APART", are_apart(of)}, {"OUT_H", of->map.h}, {"OUT_W", of->map.w}, {"OUT_ROW", out->row},
                   {"OUT_PLANE", out->plane}, {"OUT_START", out->start});
    train_describe_border(kernel, out, true);
    train_describe(kernel, "GRADIENT", gradient);
    struct train_step *step;
    if (of->pool.kind == POOL_KIND_AVG) {
        train_describe(kernel, "IN", out);
        step = train_step(plan, op, kernel);
        train_tensor(plan, step, gradient);
    } else {
        train_describe(kernel, "IN", train_operand(plan, op, 1));
        train_describe(kernel, "RESULT", train_operand(plan, op, 2));
        step = train_step(plan, op, kernel);
        for (size_t i = 0; i < 3; i++)
            train_tensor(plan, step, train_operand(plan, op, i));
    }
    train_tensor(plan, step, out);
    return true;
}
