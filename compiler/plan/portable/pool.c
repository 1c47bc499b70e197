/* Plain C pools. */
#include "plan/portable/portable.h"

static struct kernel *describe_whole(struct plan *plan, const struct op *op)
{
    enum { LONG_SUM = 64 }; /* numbers */
    const bool integers = op_is_quantised(op);
    struct shape in = op->inputs.items[0]->shape;
    const char *family = arena_printf(plan->arena, "global_%s%s", pool_kind_words[op->pool.kind],
                                      integers ? "_s8" : "");
    struct kernel *kernel = kernel_new(plan, integers ? "quantised/pool_global.m4" : "portable/pool_global.m4", family);
    int64_t pixels = in.h * in.w;
    struct portable_lanes lanes = portable_lanes(pixels, pixels >= LONG_SUM ? 8 : 1);
    kernel_numbers(kernel, {"CHANNELS", in.c}, {"PIXELS", pixels}, {"LANES", lanes.lanes}, {"WHOLE", lanes.whole});
    return kernel;
}

/* What a mean divides by: all of the window, its pixels that are real or padding, or those that are real. */
const char *portable_count_word(const struct op *op, const struct portable_window *w)
{
    const struct window *window = &w->window;
    if (op->pool.adaptive)
        return "real";
    if (!w->clip_h && !w->clip_w)
        return "all";
    /* A window that is rounded up may reach beyond the padding, so that fewer pixels count there. */
    int64_t reach_h = (w->out_h - 1) * window->stride.h + window->size.h - window->pad.top - w->in_h -
                      window->pad.bottom;
    int64_t reach_w = (w->out_w - 1) * window->stride.w + window->size.w - window->pad.left - w->in_w -
                      window->pad.right;
    if (op->pool.kind == POOL_KIND_AVG && !op->pool.count_pad)
        return "real";
    return reach_h > 0 || reach_w > 0 ? "padded" : "all";
}

struct kernel *portable_gauss_window(struct plan *plan)
{
    struct kernel *weights = kernel_new(plan, "portable/gauss_window.m4", "gauss_window");
    weights->helper = true;
    return kernel_intern(plan, weights);
}

void portable_describe_pool(struct kernel *kernel, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    struct portable_window w = portable_window(in, out, &op->window);
    if (op->pool.adaptive) {
        w = (struct portable_window){.in_h = in.h, .in_w = in.w, .out_h = out.h, .out_w = out.w};
        w.window.size.h = plan_ceiling(in.h, out.h) + 1; /* the largest */
        w.window.size.w = plan_ceiling(in.w, out.w) + 1;
    }
    portable_describe_window(kernel, &w);
    kernel_word(kernel, "COUNT", portable_count_word(op, &w));
    kernel_numbers(kernel, {"ADAPTIVE", op->pool.adaptive}, {"IN_PIXELS", in.h * in.w},
                   {"LIMIT_H", w.in_h + w.window.pad.bottom}, {"LIMIT_W", w.in_w + w.window.pad.right});
}

static struct kernel *describe_windows(struct plan *plan, const struct op *op)
{
    const bool integers = op_is_quantised(op);
    const char *family = arena_printf(plan->arena, "%spool%s", pool_kind_words[op->pool.kind], integers ? "_s8" : "");
    struct kernel *kernel = kernel_new(plan, integers ? "quantised/pool.m4" : "portable/pool.m4", family);
    portable_describe_pool(kernel, op);
    kernel_number(kernel, "CHANNELS", op->inputs.items[0]->shape.c);
    if (op->pool.kind == POOL_KIND_GAUSS)
        kernel_reference(kernel, "GAUSS_WINDOW", portable_gauss_window(plan));
    return kernel;
}

bool portable_pool(struct plan *plan, const struct op *op)
{
    struct kernel *kernel = op->pool.whole ? describe_whole(plan, op) : describe_windows(plan, op);
    kernel_word(kernel, "KIND", pool_kind_words[op->pool.kind]);
    if (op_is_quantised(op))
        return quantised_pool(plan, op, kernel);
    kernel_number(kernel, "AFFINE", op->pool.affine);
    portable_activation(plan, kernel, op->activation);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    if (op->pool.affine)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_AFFINE, 1, 2 * op->output->shape.c));
    step_writes(plan, step, portable_output(plan, op));
    return true;
}
