/* Plain C for s8: sums of 32 bits, which one function brings to the result's scale. Where the numbers lie and which
 * loops go over them is as for floats (conv.c, pool.c, move.c); what is different is described here. */
#include "plan/portable/portable.h"
#include "quantise/multiplier.h"
#include "quantise/quantise.h"
#include "quantise/types.h"

/* ---- helpers that kernels call ---- */

static struct kernel *helper(struct plan *plan, const char *file, const char *family)
{
    struct kernel *kernel = kernel_new(plan, file, family);
    kernel->helper = true;
    return kernel;
}

static struct kernel *product(struct plan *plan)
{
    return kernel_intern(plan, helper(plan, "quantised/product.m4", "product"));
}

static struct kernel *divide(struct plan *plan)
{
    return kernel_intern(plan, helper(plan, "quantised/divide.m4", "divide"));
}

struct kernel *quantised_rescale(struct plan *plan)
{
    struct kernel *kernel = helper(plan, "quantised/rescale.m4", "rescale");
    kernel_reference(kernel, "PRODUCT", product(plan));
    kernel_reference(kernel, "DIVIDE", divide(plan));
    return kernel_intern(plan, kernel);
}

static struct kernel *requantise(struct plan *plan)
{
    if (plan->options.types->even)
        return kernel_intern(plan, helper(plan, "quantised/requantise_even.m4", "requantise"));
    struct kernel *kernel = helper(plan, "quantised/requantise.m4", "requantise");
    kernel_reference(kernel, "RESCALE", quantised_rescale(plan));
    return kernel_intern(plan, kernel);
}

static struct kernel *reciprocal(struct plan *plan)
{
    struct kernel *kernel = helper(plan, "quantised/reciprocal.m4", "reciprocal");
    kernel_reference(kernel, "PRODUCT", product(plan));
    return kernel_intern(plan, kernel);
}

static struct kernel *round_floats(struct plan *plan)
{
    const bool even = plan->options.types->even;
    return kernel_intern(plan, helper(plan, even ? "quantised/quantise_even.m4" : "quantised/quantise.m4", "quantise"));
}

/* ---- what kernels end in ---- */

void quantised_describe_bounds(struct kernel *kernel, const struct op *op)
{
    kernel_numbers(kernel, {"OUT_ZERO", value_zero(op->output)}, {"LOW", op->low}, {"HIGH", op->high});
}

void quantised_describe_result(struct plan *plan, struct kernel *kernel, const struct op *op)
{
    kernel_reference(kernel, "REQUANTISE", requantise(plan));
    quantised_describe_bounds(kernel, op);
}

static void describe_multiplier(struct kernel *kernel, const char *number, const char *shift, struct multiplier m)
{
    kernel_number(kernel, number, m.number);
    kernel_number(kernel, shift, m.shift);
}

static struct step *finish(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    enum { NUMBERS = 3 /* a filter: its first summand, its multiplier, its shift */ };
    quantised_describe_result(plan, kernel, op);
    kernel_number(kernel, "ZERO", value_zero(op->inputs.items[0]));
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_INTEGERS, 1, op_weight_count(op)));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_FACTORS, 1, NUMBERS * op->output->shape.c));
    step_writes(plan, step, portable_output(plan, op));
    return step;
}

bool quantised_finish(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    finish(plan, op, kernel);
    return true;
}

bool quantised_transposed(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    finish(plan, op, kernel)->scratch = op->output->shape.w * element_bytes(ELEMENT_S32);
    return true;
}

bool quantised_dense(struct plan *plan, const struct op *op)
{
    struct kernel *kernel = kernel_new(plan, "quantised/fc.m4", "fc_s8");
    kernel_numbers(kernel, {"IN_COUNT", shape_elements(op->inputs.items[0]->shape)}, {"OUT_C", op->output->shape.c});
    return quantised_finish(plan, op, kernel);
}

void quantised_describe_pool(struct plan *plan, struct kernel *kernel, const struct op *op)
{
    const struct value *in = op->inputs.items[0];
    const bool mean = op->pool.kind == POOL_KIND_AVG;
    if (mean)
        kernel_numbers(kernel, {"ZERO", value_zero(in)}, {"LOW", op->low}, {"HIGH", op->high});
    const bool even = mean && op->output->quantisation->even;
    if (op->pool.whole)
        kernel_numbers(kernel, {"RESCALED", op->mean_rescaled}, {"EVEN", even});
    if (even) {
        const float count = (float)shape_elements((struct shape){in->shape.h, in->shape.w, 1});
        kernel_reference(kernel, "REQUANTISE", requantise(plan));
        kernel_number(kernel, "OUT_ZERO", value_zero(op->output));
        describe_multiplier(kernel, "MULTIPLIER", "SHIFT",
                            multiplier_even(value_scale(in), 1, value_scale(op->output) * count));
    } else if (op->mean_rescaled) {
        kernel_reference(kernel, "RESCALE", quantised_rescale(plan));
        kernel_number(kernel, "OUT_ZERO", value_zero(op->output));
        describe_multiplier(kernel, "MULTIPLIER", "SHIFT",
                            multiplier_of((double)value_scale(in) / (double)value_scale(op->output)));
    }
}

bool quantised_pool(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    quantised_describe_pool(plan, kernel, op);
    plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}

void quantised_describe_factors(struct kernel *kernel, const struct op *op)
{
    const struct value *a = op->inputs.items[0], *b = op->inputs.items[1];
    if (op->binary == BINARY_MAX)
        return;
    quantised_describe_bounds(kernel, op);
    kernel_numbers(kernel, {"ZERO_A", value_zero(a)}, {"ZERO_B", value_zero(b)});
    if (op->binary == BINARY_MUL) {
        describe_multiplier(kernel, "MULTIPLIER", "SHIFT",
                            multiplier_of(multiplier_product(value_scale(a), value_scale(b), value_scale(op->output))));
        return;
    }
    const struct sum_multipliers sum = multiplier_sum(value_scale(a), value_scale(b), value_scale(op->output));
    describe_multiplier(kernel, "MULTIPLIER_A", "SHIFT_A", sum.a);
    describe_multiplier(kernel, "MULTIPLIER_B", "SHIFT_B", sum.b);
    describe_multiplier(kernel, "MULTIPLIER", "SHIFT", sum.result);
}

void quantised_describe_merge(struct plan *plan, struct kernel *kernel, const struct op *op)
{
    if (op->binary == BINARY_MAX)
        return;
    kernel_reference(kernel, "REQUANTISE", requantise(plan));
    if (op->binary != BINARY_MUL)
        kernel_reference(kernel, "RESCALE", quantised_rescale(plan));
    quantised_describe_factors(kernel, op);
}

/* ---- functions of one number ---- */

struct step *quantised_table_step(struct plan *plan, const struct op *op, struct tensor *from, struct tensor *to)
{
    const char *word = op->kind == OP_UNARY ? function_table[op->function.kind].word : "rescale";
    struct kernel *kernel = kernel_new(plan, "quantised/table.m4", arena_printf(plan->arena, "%s_s8", word));
    kernel_number(kernel, "COUNT", to->layout.count);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, from);
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_TABLE, 1, 256));
    step_writes(plan, step, to);
    step_in_place(step, 0);
    return step;
}

bool quantised_table_op(struct plan *plan, const struct op *op)
{
    quantised_table_step(plan, op, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}

bool quantised_softmax(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    struct kernel *kernel = kernel_new(plan, "quantised/softmax.m4", "softmax_s8");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w});
    kernel_reference(kernel, "PRODUCT", product(plan));
    kernel_reference(kernel, "DIVIDE", divide(plan));
    kernel_reference(kernel, "RECIPROCAL", reciprocal(plan));
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_EXPONENTIALS, 1, 256));
    step_writes(plan, step, portable_output(plan, op));
    step_in_place(step, 0);
    return true;
}

/* ---- conversions ---- */

int64_t quantised_number(const struct value *value, double number)
{
    return meaning_round(value_meaning(value), (float)number);
}

void quantised_floats_step(struct plan *plan, const struct op *op, struct tensor *from, struct tensor *to)
{
    const struct value *in = op->inputs.items[0];
    const struct shape shape = in->shape;
    const bool planes = from->layout.form == FORM_PLANAR;
    struct kernel *kernel = kernel_new(plan, "quantised/to_floats.m4", "to_floats");
    kernel_numbers(kernel, {"CHANNELS", planes ? 1 : shape.c}, {"PIXELS", shape.h * shape.w * (planes ? shape.c : 1)},
                   {"STEP_PIXEL", from->layout.block}, {"ZERO", value_zero(in)});
    kernel_real(kernel, "SCALE", (double)value_scale(in));
    plan_transform(plan, op, kernel, from, to);
}

static void integers_step(struct plan *plan, const struct op *op)
{
    struct kernel *kernel = kernel_new(plan, "quantised/to_integers.m4", "to_s8");
    kernel_numbers(kernel, {"COUNT", shape_elements(op->output->shape)}, {"OUT_ZERO", value_zero(op->output)});
    kernel_reference(kernel, "QUANTISE", round_floats(plan));
    kernel_real(kernel, "SCALE", (double)value_scale(op->output));
    plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
}

bool quantised_convert(struct plan *plan, const struct op *op)
{
    if (op->inputs.items[0]->type == op->output->type)
        return quantised_table_op(plan, op);
    if (op->output->type == ELEMENT_S8)
        integers_step(plan, op);
    else
        quantised_floats_step(plan, op, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}

/* ---- the caller's inputs ---- */

/* Do all channels become integers in the same way? */
static bool same_channels(const struct op *op)
{
    for (int64_t c = 1; c < op->output->shape.c; c++)
        if ((op->mean && op->mean[c] != op->mean[0]) || (op->scale && op->scale[c] != op->scale[0]))
            return false;
    return true;
}

static bool load(struct plan *plan, const struct op *op, struct tensor *raw, bool hwc)
{
    struct shape shape = op->output->shape;
    const bool bytes = op->caller_type == ELEMENT_U8, affine = !bytes && (op->mean || op->scale);
    const int64_t tables = !bytes ? 0 : same_channels(op) ? 1 : shape.c;
    struct kernel *kernel = kernel_new(plan, "quantised/load.m4", "load_s8");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w},
                   {"STEP_C", hwc ? 1 : shape.h * shape.w}, {"STEP_PIXEL", hwc ? shape.c : 1}, {"AFFINE", affine},
                   {"TABLES", tables}, {"OUT_ZERO", value_zero(op->output)});
    kernel_word(kernel, "IN_TYPE", element_c(op->caller_type));
    if (!bytes) {
        kernel_reference(kernel, "QUANTISE", round_floats(plan));
        kernel_real(kernel, "SCALE", (double)value_scale(op->output));
    }
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, raw);
    if (affine)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_INPUT, 1, 2 * shape.c));
    if (bytes)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_BYTES, 1, 256 * tables));
    step_writes(plan, step, portable_output(plan, op));
    return true;
}

bool quantised_input_op(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    struct tensor *raw = plan_tensor(plan, op->output, layout_planar(op->caller_type, shape, NULL));
    const bool hwc = op->layout == LAYOUT_HWC && shape.c > 1 && shape.h * shape.w > 1;
    raw->place = PLACE_INPUT;
    raw->index = op->index;
    if (op->caller_type != ELEMENT_S8)
        return load(plan, op, raw, hwc);
    if (!hwc) {
        plan->planar[op->output->id] = raw;
        return true;
    }
    const struct portable_move move = {
        {shape.c, shape.h, shape.w}, {1, shape.w * shape.c, shape.c}, {shape.h * shape.w, shape.w, 1}, 0, 0};
    portable_move(plan, op, "load_s8", move, raw, portable_output(plan, op));
    return true;
}
