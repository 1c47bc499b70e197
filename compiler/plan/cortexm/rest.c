/* What is not a convolution, of s8 and by pixels: dense operations, pools, sums, tables, and the caller's tensors. */
#include "plan/cortexm/cortexm.h"
#include "plan/portable/portable.h"
#include "quantise/linear.h"
#include "quantise/quantise.h"

/* ---- dense operations ---- */

bool cortexm_dense(struct plan *plan, const struct op *op)
{
    enum { QUAD = 4 };
    const int64_t inputs = shape_elements(op->inputs.items[0]->shape), filters = op->output->shape.c;
    const int64_t side = filters < QUAD ? filters : QUAD, stored = plan_ceiling(inputs, QUAD) * QUAD;
    const enum bounds bounds = linear_bounds(plan->arena, plan->options.types, op);
    struct kernel *quads = cortexm_helper(plan, "cortexm/quads.m4", "quads");
    kernel_reference(quads, "WORDS", cortexm_words(plan));
    kernel_number(quads, "FILTERS", side);
    cortexm_describe_result(plan, quads, op, bounds);
    struct kernel *kernel = kernel_new(plan, "cortexm/fc.m4", "fc_s8");
    kernel_reference(kernel, "QUADS", kernel_intern(plan, quads));
    kernel_numbers(kernel, {"IN_COUNT", inputs}, {"OUT_C", filters}, {"FILTERS", side});
    struct tensor *in = cortexm_pixels(plan, op, op->inputs.items[0]);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, in);
    step_weights(plan, step,
                 plan_pack(plan, op, op->node, PACK_INPUT_QUADS, side, plan_ceiling(filters, side) * side * stored));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_FILTERS, bounds, 4 * filters));
    step_writes(plan, step, cortexm_output(plan, op));
    return true;
}

/* ---- pools ---- */

void cortexm_describe_windows(struct kernel *kernel, const struct op *op)
{
    const struct shape in = op->inputs.items[0]->shape, out = op->map;
    const struct window *window = &op->window;
    struct portable_window w = {in.h, in.w, out.h, out.w, *window, false, false};
    if (op->pool.adaptive) {
        w.window.size = (struct pair){plan_ceiling(in.h, out.h) + 1, plan_ceiling(in.w, out.w) + 1};
    } else {
        w.clip_h = window->pad.top > 0 || (out.h - 1) * window->stride.h + window->size.h - window->pad.top > in.h;
        w.clip_w = window->pad.left > 0 || (out.w - 1) * window->stride.w + window->size.w - window->pad.left > in.w;
    }
    portable_describe_window(kernel, &w);
    kernel_word(kernel, "COUNT", portable_count_word(op, &w));
    kernel_numbers(kernel, {"CHANNELS", in.c}, {"ADAPTIVE", op->pool.adaptive}, {"LIMIT_H", in.h + w.window.pad.bottom},
                   {"LIMIT_W", in.w + w.window.pad.right});
}

bool cortexm_pool(struct plan *plan, const struct op *op)
{
    const struct value *in = op->inputs.items[0];
    const char *word = pool_kind_words[op->pool.kind];
    struct kernel *kernel;
    if (op->pool.whole) {
        kernel = kernel_new(plan, "cortexm/pool_global.m4", arena_printf(plan->arena, "global_%s_s8", word));
        kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"PIXELS", in->shape.h * in->shape.w});
    } else {
        kernel = kernel_new(plan, "cortexm/pool.m4", arena_printf(plan->arena, "%spool_s8", word));
        cortexm_describe_windows(kernel, op);
    }
    kernel_word(kernel, "KIND", word);
    quantised_describe_pool(plan, kernel, op);
    plan_transform(plan, op, kernel, cortexm_pixels(plan, op, in), cortexm_output(plan, op));
    return true;
}

/* ---- two tensors become one ---- */

/* Of numbers that are 20 bits to the left of a difference of bytes. */
static bool describe_operand(struct kernel *kernel, const struct value *value, struct multiplier m, const char *zero,
                             const char *number, const char *shift, const char *summand)
{
    const int64_t most = INT64_C(255) << MULTIPLIER_SUM_SHIFT;
    struct bounded b;
    if (multiplier_bounded(m, most, 0, &b) == BOUNDS_NONE || b.left)
        return false;
    kernel_numbers(kernel, {zero, value_zero(value)}, {number, b.multiplier}, {shift, b.right}, {summand, b.summand});
    return true;
}

static struct kernel *describe_sum(struct plan *plan, const struct op *op)
{
    const struct value *a = op->inputs.items[0], *b = op->inputs.items[1], *out = op->output;
    const struct sum_multipliers sum = multiplier_sum(value_scale(a), value_scale(b), value_scale(out));
    struct kernel *kernel = kernel_new(plan, "cortexm/sum.m4",
                                       arena_printf(plan->arena, "%s_s8", binary_word(op->binary)));
    struct bounded whole;
    const int64_t most = INT64_C(255) << (MULTIPLIER_SUM_SHIFT + 1);
    if (multiplier_bounded(sum.result, most, value_zero(out), &whole) != BOUNDS_RIGHT || whole.left ||
        !describe_operand(kernel, a, sum.a, "ZERO_A", "MULTIPLIER_A", "SHIFT_A", "SUMMAND_A") ||
        !describe_operand(kernel, b, sum.b, "ZERO_B", "MULTIPLIER_B", "SHIFT_B", "SUMMAND_B"))
        return NULL;
    kernel_reference(kernel, "WORDS", cortexm_words(plan));
    kernel_numbers(kernel, {"COUNT", shape_elements(out->shape)}, {"MULTIPLIER", whole.multiplier},
                   {"SHIFT", whole.right}, {"SUMMAND", whole.summand});
    kernel_word(kernel, "KIND", binary_word(op->binary));
    cortexm_describe_result(plan, kernel, op, BOUNDS_RIGHT);
    return kernel;
}

bool cortexm_binary(struct plan *plan, const struct op *op)
{
    const struct shape out = op->output->shape;
    if (op->inputs.count != 2 || !shape_equal(op->inputs.items[0]->shape, out) ||
        !shape_equal(op->inputs.items[1]->shape, out))
        return false;
    const bool sum = op->binary == BINARY_ADD || op->binary == BINARY_SUB;
    struct kernel *kernel = sum ? describe_sum(plan, op) : NULL;
    struct tensor *a = cortexm_pixels(plan, op, op->inputs.items[0]);
    struct tensor *b = cortexm_pixels(plan, op, op->inputs.items[1]);
    struct step *step = plan_step(plan, op, kernel ? kernel : portable_describe_binary(plan, op, out, out, true));
    step_reads(plan, step, a);
    step_reads(plan, step, b);
    step_writes(plan, step, cortexm_output(plan, op));
    step_in_place(step, 0);
    step_in_place(step, 1);
    return true;
}

/* ---- functions of one number ---- */

bool cortexm_table(struct plan *plan, const struct op *op)
{
    if (op->kind == OP_CONVERT && op->inputs.items[0]->type != op->output->type)
        return false;
    quantised_table_step(plan, op, cortexm_pixels(plan, op, op->inputs.items[0]), cortexm_output(plan, op));
    return true;
}

/* ---- the caller's tensors ---- */

static struct tensor *callers(struct plan *plan, const struct value *value, const struct op *op, enum place place)
{
    const struct shape shape = value->shape;
    struct tensor *tensor = plan_tensor(plan, value, layout_blocked(op->caller_type, shape.c, shape, NULL));
    tensor->place = place;
    tensor->index = op->index;
    return tensor;
}

bool cortexm_input(struct plan *plan, const struct op *op)
{
    if (op->layout != LAYOUT_HWC || op->caller_type != op->output->type || cortexm_is_flat(op->output->shape))
        return false;
    cortexm_set_pixels(plan, op->output, callers(plan, op->output, op, PLACE_INPUT));
    return true;
}

bool cortexm_output_op(struct plan *plan, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    if (op->layout != LAYOUT_HWC || op->caller_type != value->type || cortexm_is_flat(value->shape))
        return false;
    struct tensor *from = cortexm_pixels(plan, op, value), *to = callers(plan, value, op, PLACE_OUTPUT);
    portable_move(plan, op, "store", portable_move_flat(value->shape), from, to)->movable = true;
    return true;
}
