/* Normalisation over the batch, and factors and summands a channel. A normalisation's statistics take a phase of their
 * own in both directions, since they need all groups. */
#include "plan/train/train_plan.h"

static bool has(const struct op *op, enum weight_role role)
{
    return node_weight(op->node, role) != NULL;
}

/* GROUP_STEP is defined when all sizes are known. ADDS: the gradients of weights, to those that are there. */
static struct kernel *finish(struct train_plan *plan, const struct op *op, const char *file, const char *family,
                             bool adds)
{
    struct kernel *kernel = train_kernel(plan, file, family);
    struct shape shape = op->output->shape;
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w}, {"WEIGHTED", has(op, ROLE_WEIGHT)},
                   {"BIASED", has(op, ROLE_BIAS)}, {"ADDS", adds});
    kernel_real(kernel, "EPSILON", op->epsilon);
    return kernel_intern(plan->plan, kernel);
}

static struct train_norm *norm_of(struct train_plan *plan, const struct op *op)
{
    for (size_t i = 0; i < plan->norms.count; i++)
        if (plan->norms.items[i]->op == op)
            return plan->norms.items[i];
    struct train_norm *norm = ARENA_NEW(plan->arena, struct train_norm);
    int64_t channels = op->output->shape.c;
    *norm = (struct train_norm){.op = op, .batch_offset = plan->batch_floats, .group_offset = plan->group_floats};
    norm->finish = finish(plan, op, "train/norm_finish.m4", "norm_finish", false);
    plan->batch_floats += plan_ceiling(NORM_PARTS * channels, TRAINING_ALIGNMENT) * TRAINING_ALIGNMENT;
    plan->group_floats += plan_ceiling(2 * channels, TRAINING_ALIGNMENT) * TRAINING_ALIGNMENT;
    VEC_PUSH(plan->arena, &plan->norms, norm);
    return norm;
}

bool train_statistics(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0);
    struct train_norm *norm = norm_of(plan, op->of);
    struct kernel *kernel = train_kernel(plan, "train/statistics.m4", "statistics");
    kernel_number(kernel, "CHANNELS", in->shape.c);
    train_describe(kernel, "IN", in);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_word(plan, step, "at");
    train_argument(plan, step, TRAIN_GROUP, norm->group_offset);
    train_end_phase(plan, norm, false);
    return true;
}

void train_norm_arguments(struct train_plan *plan, struct train_step *step, const struct op *norm)
{
    int64_t at = norm_of(plan, norm)->batch_offset, channels = norm->map.c;
    train_argument(plan, step, TRAIN_BATCH, at + NORM_FACTOR * channels);
    train_argument(plan, step, TRAIN_BATCH, at + NORM_SUMMAND * channels);
}

bool train_affine(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of ? op->of : op; /* it may be computed again */
    if (op->of && train_input_again(plan, op->output->readers.items[0]) == op)
        return true; /* as a part of what reads it */
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    bool norm = training_is_norm(op), weighted = norm || has(op, ROLE_WEIGHT), biased = norm || has(op, ROLE_BIAS);
    struct kernel *kernel = train_kernel(plan, "train/affine.m4", "affine");
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"WEIGHTED", weighted}, {"BIASED", biased}, {"IN_PLACE", 0},
                   {"RESIDUAL", op->residual != NULL});
    train_activation(plan, kernel, op->activation);
    train_describe(kernel, "IN", in);
    if (op->residual)
        train_describe(kernel, "SECOND", plan->of_value[op->residual->id]);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    if (norm) {
        train_norm_arguments(plan, step, of);
    } else {
        if (weighted)
            train_parameter(plan, step, op, ROLE_WEIGHT);
        if (biased)
            train_parameter(plan, step, op, ROLE_BIAS);
    }
    if (op->residual)
        train_tensor(plan, step, plan->of_value[op->residual->id]);
    train_tensor(plan, step, out);
    return true;
}

/* Has another one, which has the same weights, found their gradients before? */
static bool shares_gradient(const struct train_plan *plan, const struct train_norm *norm)
{
    for (size_t i = 0; i < plan->norms.count; i++) {
        const struct train_norm *other = plan->norms.items[i];
        if (other != norm && other->finish_gradient && other->op->node->weights == norm->op->node->weights)
            return true;
    }
    return false;
}

bool train_affine_sums(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *in = train_operand(plan, op, 0), *gradient = train_operand(plan, op, 1);
    bool batch = training_is_batch_norm(plan->training, of), normalises = training_is_norm(of);
    struct kernel *kernel = train_kernel(plan, "train/affine_sums.m4", normalises ? "norm_sums" : "affine_sums");
    struct train_gradient *weight = batch ? NULL : train_gradient(plan, of, ROLE_WEIGHT, ORDER_PLAIN, 0);
    struct train_gradient *bias = batch ? NULL : train_gradient(plan, of, ROLE_BIAS, ORDER_PLAIN, 0);
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"NORM", normalises}, {"OF_BATCH", batch},
                   {"WEIGHTED", weight != NULL}, {"BIASED", bias != NULL});
    train_derivative(plan, kernel, op->activation);
    train_describe(kernel, "IN", in);
    train_describe(kernel, "GRADIENT", gradient);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_tensor(plan, step, gradient);
    struct train_norm *norm = normalises ? norm_of(plan, of) : NULL;
    if (norm)
        train_argument(plan, step, TRAIN_BATCH, norm->batch_offset);
    if (norm && batch) {
        train_argument(plan, step, TRAIN_GROUP, norm->group_offset);
        norm->finish_gradient = finish(plan, of, "train/norm_finish_gradient.m4", "norm_finish_gradient",
                                       shares_gradient(plan, norm));
        train_end_phase(plan, norm, true);
        return true;
    }
    bool written = (weight && weight->written) || (bias && bias->written);
    train_word(plan, step, written ? "0" : "at->fresh");
    if (weight)
        train_argument(plan, step, TRAIN_GRADIENT, weight->offset), weight->written = true;
    if (bias)
        train_argument(plan, step, TRAIN_GRADIENT, bias->offset), bias->written = true;
    return true;
}

bool train_affine_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct kernel *kernel;
    struct train_step *step;
    bool norm = training_is_norm(of);
    if (!training_is_batch_norm(plan->training, of)) {
        kernel = train_kernel(plan, "train/affine.m4", "affine_gradient");
        kernel_numbers(kernel, {"CHANNELS", out->shape.c}, {"WEIGHTED", 1}, {"BIASED", 0},
                       {"IN_PLACE", gradient == out}, {"RESIDUAL", 0});
        train_activation(plan, kernel, NULL);
        train_describe(kernel, "IN", gradient);
        train_describe_result(kernel, out);
        step = train_step(plan, op, kernel);
        if (gradient != out)
            train_tensor(plan, step, gradient);
        if (norm)
            train_argument(plan, step, TRAIN_BATCH, norm_of(plan, of)->batch_offset + NORM_FACTOR * out->shape.c);
        else
            train_parameter(plan, step, of, ROLE_WEIGHT);
        train_tensor(plan, step, out);
        return true;
    }
    struct lanes *in = train_operand(plan, op, 1);
    kernel = train_kernel(plan, "train/norm_gradient.m4", "norm_gradient");
    kernel_numbers(kernel, {"CHANNELS", out->shape.c}, {"IN_PLACE", gradient == out});
    train_derivative(plan, kernel, op->activation);
    train_describe(kernel, "IN", in);
    train_describe(kernel, "GRADIENT", gradient);
    train_describe_result(kernel, out);
    step = train_step(plan, op, kernel);
    if (gradient != out)
        train_tensor(plan, step, gradient);
    train_tensor(plan, step, in);
    train_argument(plan, step, TRAIN_BATCH, norm_of(plan, of)->batch_offset);
    train_word(plan, step, "at");
    train_tensor(plan, step, out);
    return true;
}
