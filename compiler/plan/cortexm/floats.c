/* Operations of floats by pixels, but for convolutions, and what all of them share. */
#include "plan/cortexm/cortexm.h"
#include "plan/portable/portable.h"

/* ---- shared ---- */

struct kernel *cortexm_float_words(struct plan *plan)
{
    return kernel_intern(plan, cortexm_helper(plan, "cortexm/float_words.m4", "floats"));
}

static int64_t padded(const struct op *op, int64_t block)
{
    return layout_blocks(op->output->shape.c, block) * block;
}

int64_t cortexm_float_count(const struct op *op, int64_t block, int64_t weights)
{
    const struct function *sloped[2];
    return padded(op, block) * (weights + 1 + op_sloped(op, sloped));
}

void cortexm_describe_float_result(struct plan *plan, struct kernel *kernel, const struct op *op, int64_t block,
                                   int64_t weights)
{
    const bool simple = !function_is_costly(op->activation) && !function_is_costly(op->before);
    kernel_numbers(kernel, {"WEIGHT_COUNT", padded(op, block) * weights}, {"BIASES", padded(op, block)},
                   {"SIMPLE", simple}, {"HAS_FINISH", op->activation || op->residual});
    kernel_word(kernel, "RESIDUAL", op->residual ? "last" : "none");
    portable_function(plan, kernel, "BEFORE", op->before);
    portable_activation(plan, kernel, op->activation);
}

/* ---- dense operations ---- */

static bool plan_dense(struct plan *plan, const struct op *op)
{
    if (plan->options.store != ELEMENT_F32)
        return false;
    const int64_t inputs = shape_elements(op->inputs.items[0]->shape), filters = op->output->shape.c;
    const struct float_tile tile = cortexm_float_tile(1, filters, 1, inputs, 1, false);
    struct kernel *kernel = kernel_new(plan, "cortexm/float_fc.m4", "fc");
    cortexm_describe_float_tile(plan, kernel, &tile, inputs);
    kernel_numbers(kernel, {"IN_COUNT", inputs}, {"OUT_C", filters}, {"OUT_PER_GROUP", filters});
    cortexm_describe_float_result(plan, kernel, op, tile.filters, inputs);
    struct tensor *in = cortexm_pixels(plan, op, op->inputs.items[0]);
    struct tensor *residual = op->residual ? cortexm_pixels(plan, op, op->residual) : NULL;
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, in);
    if (residual)
        step_reads(plan, step, residual);
    step_weights(
        plan, step,
        plan_pack(plan, op, op->node, PACK_DENSE_PIXELS, tile.filters, cortexm_float_count(op, tile.filters, inputs)));
    step_writes(plan, step, cortexm_output(plan, op));
    if (residual)
        step_in_place(step, 1);
    return true;
}

/* ---- pools ---- */

bool cortexm_pools_alone(struct plan *plan, const struct op *op)
{
    const struct op *before = op->kind == OP_POOL ? op->inputs.items[0]->producer : NULL;
    return before && cortexm_has_float_convolution(plan, before);
}

static bool plan_pool(struct plan *plan, const struct op *op)
{
    const struct value *in = op->inputs.items[0];
    const struct op *before = in->producer;
    if (before && cortexm_float_pool_after(plan, before))
        return true;
    bool by_maps;
    const bool known = op->pool.kind == POOL_KIND_MAX || op->pool.kind == POOL_KIND_AVG;
    if (!known || (before && before->kind == OP_CONVOLUTION && !cortexm_pools_alone(plan, op)) ||
        (cortexm_either(plan, in, &by_maps) && by_maps))
        return false;
    const char *word = pool_kind_words[op->pool.kind];
    struct kernel *kernel =
        op->pool.whole ? kernel_new(plan, "cortexm/float_pool_global.m4", arena_printf(plan->arena, "global_%s", word))
                       : kernel_new(plan, "cortexm/float_pool.m4", arena_printf(plan->arena, "%spool", word));
    if (op->pool.whole)
        kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"PIXELS", in->shape.h * in->shape.w});
    else
        cortexm_describe_windows(kernel, op);
    kernel_word(kernel, "KIND", word);
    kernel_number(kernel, "AFFINE", op->pool.affine);
    portable_activation(plan, kernel, op->activation);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, cortexm_pixels(plan, op, in));
    if (op->pool.affine)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_AFFINE, 1, 2 * op->output->shape.c));
    step_writes(plan, step, cortexm_output(plan, op));
    return true;
}

/* ---- numbers by themselves ---- */

/* Is the value there by pixels, and in another order than by maps? */
static bool lies_by_pixels(struct plan *plan, const struct value *value)
{
    bool by_maps;
    return cortexm_either(plan, value, &by_maps) && !by_maps && !cortexm_is_flat(value->shape);
}

static bool plan_binary(struct plan *plan, const struct op *op)
{
    const struct shape out = op->output->shape;
    if (op->inputs.count != 2 || !shape_equal(op->inputs.items[0]->shape, out) ||
        !shape_equal(op->inputs.items[1]->shape, out) ||
        (!lies_by_pixels(plan, op->inputs.items[0]) && !lies_by_pixels(plan, op->inputs.items[1])))
        return false;
    struct tensor *a = cortexm_pixels(plan, op, op->inputs.items[0]);
    struct tensor *b = cortexm_pixels(plan, op, op->inputs.items[1]);
    struct step *step = plan_step(plan, op, portable_describe_binary(plan, op, out, out, true));
    step_reads(plan, step, a);
    step_reads(plan, step, b);
    step_writes(plan, step, cortexm_output(plan, op));
    step_in_place(step, 0);
    step_in_place(step, 1);
    return true;
}

static bool plan_unary(struct plan *plan, const struct op *op)
{
    if (function_is_sloped(&op->function) || !lies_by_pixels(plan, op->inputs.items[0]))
        return false;
    const char *family = arena_printf(plan->arena, "apply_%s", function_table[op->function.kind].word);
    struct kernel *kernel = kernel_new(plan, "portable/unary.m4", family);
    kernel_numbers(kernel, {"CHANNELS", 1}, {"PIXELS", shape_elements(op->output->shape)});
    portable_activation(plan, kernel, &op->function);
    struct tensor *in = cortexm_pixels(plan, op, op->inputs.items[0]);
    step_in_place(plan_transform(plan, op, kernel, in, cortexm_output(plan, op)), 0);
    return true;
}

/* ---- the planner of floats ---- */

static bool is_float(const struct op *op)
{
    const struct value *value = op->output ? op->output : op->inputs.items[0];
    return value->type == ELEMENT_F32 && value->batch == 1;
}

bool cortexm_floats(struct plan *plan, const struct op *op)
{
    if (!is_float(op))
        return false;
    switch (op->kind) {
    case OP_INPUT: return !op->mean && !op->scale && cortexm_input(plan, op);
    case OP_OUTPUT: return lies_by_pixels(plan, op->inputs.items[0]) && cortexm_output_op(plan, op);
    case OP_CONVOLUTION: return cortexm_has_float_convolution(plan, op) && cortexm_float_convolution(plan, op);
    case OP_DENSE: return plan_dense(plan, op);
    case OP_POOL: return plan_pool(plan, op);
    case OP_BINARY: return plan_binary(plan, op);
    case OP_UNARY: return plan_unary(plan, op);
    default: return false;
    }
}
