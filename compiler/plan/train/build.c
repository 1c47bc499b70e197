/* Kernels and steps of training. */
#include "plan/train/train_plan.h"

#include <string.h>

struct kernel *train_kernel(struct train_plan *plan, const char *file, const char *family)
{
    struct kernel *kernel = kernel_new(plan->plan, file, family);
    kernel->per_set = plan->fast;
    return kernel;
}

bool train_splits(const struct train_plan *plan, const struct kernel *kernel)
{
    static const char *const files[] = {"train/affine.m4",        "train/affine_sums.m4",  "train/conv.m4",
                                        "train/norm_gradient.m4", "train/pool.m4",         "train/pool_gradient.m4",
                                        "train/statistics.m4",    "train/turn.m4",         "train/unary_gradient.m4",
                                        "train/weights.m4",       "train/weights_lanes.m4"};
    for (size_t i = 0; plan->splits && i < sizeof files / sizeof *files; i++)
        if (strcmp(kernel->file, files[i]) == 0)
            return true;
    return false;
}

void train_describe(struct kernel *kernel, const char *prefix, const struct lanes *tensor)
{
    struct arena *arena = kernel->arena;
    kernel_numbers(kernel, {arena_printf(arena, "%s_H", prefix), tensor->shape.h},
                   {arena_printf(arena, "%s_W", prefix), tensor->shape.w},
                   {arena_printf(arena, "%s_ROW", prefix), tensor->row},
                   {arena_printf(arena, "%s_PLANE", prefix), tensor->plane},
                   {arena_printf(arena, "%s_START", prefix), tensor->start});
}

void train_describe_border(struct kernel *kernel, const struct lanes *tensor, bool clears)
{
    bool border = clears && tensor->left + tensor->right > 0;
    kernel_numbers(kernel, {"BORDER_PLANES", tensor->shape.c}, {"BORDER_PLANE", tensor->plane},
                   {"BORDER_ROWS", border ? tensor->shape.h : 0}, {"BORDER_ROW", tensor->row}, {"LEFT", tensor->left},
                   {"RIGHT", tensor->right});
}

void train_describe_result(struct kernel *kernel, const struct lanes *tensor)
{
    train_describe(kernel, "OUT", tensor);
    train_describe_border(kernel, tensor, true);
}

void train_describe_rows(struct kernel *kernel, const char *const *prefixes, struct lanes *const *tensors, size_t count)
{
    struct shape shape = tensors[0]->shape;
    bool rows = false, planes = false; /* does anything lie between those of a tensor? */
    for (size_t i = 0; i < count; i++) {
        rows = rows || tensors[i]->row != shape.w * tensors[i]->step;
        planes = planes || tensors[i]->plane != shape.h * tensors[i]->row;
    }
    planes = planes || rows;
    int64_t length = shape.w * tensors[0]->step * (rows ? 1 : shape.h) * (planes ? 1 : shape.c);
    kernel_numbers(kernel, {"PLANES", planes ? shape.c : 1}, {"ROWS", rows ? shape.h : 1}, {"LENGTH", length});
    for (size_t i = 0; i < count; i++)
        kernel_numbers(kernel, {arena_printf(kernel->arena, "%s_JUMP", prefixes[i]), tensors[i]->plane},
                       {arena_printf(kernel->arena, "%s_STEP", prefixes[i]), tensors[i]->row},
                       {arena_printf(kernel->arena, "%s_START", prefixes[i]), tensors[i]->start});
}

struct train_step *train_step(struct train_plan *plan, const struct op *op, struct kernel *kernel)
{
    struct train_step *step = ARENA_NEW(plan->arena, struct train_step);
    step->id = (int)plan->steps.count;
    step->op = op;
    kernel_number(kernel, "SHARES", train_splits(plan, kernel));
    step->kernel = kernel_intern(plan->plan, kernel);
    step->phase = plan->phases - 1;
    step->evaluates = plan->training->evaluates[op->id];
    VEC_PUSH(plan->arena, &plan->steps, step);
    return step;
}

static void add_argument(struct train_plan *plan, struct train_step *step, struct train_argument argument)
{
    VEC_PUSH(plan->arena, &step->arguments, argument);
}

void train_tensor(struct train_plan *plan, struct train_step *step, struct lanes *tensor)
{
    add_argument(plan, step, (struct train_argument){.kind = TRAIN_TENSOR, .tensor = tensor});
}

void train_argument(struct train_plan *plan, struct train_step *step, enum train_argument_kind kind, int64_t offset)
{
    add_argument(plan, step, (struct train_argument){.kind = kind, .offset = offset});
}

void train_word(struct train_plan *plan, struct train_step *step, const char *word)
{
    add_argument(plan, step, (struct train_argument){.kind = TRAIN_WORD, .word = word});
}

void train_parameter(struct train_plan *plan, struct train_step *step, const struct op *op, enum weight_role role)
{
    const struct training_tensor *tensor = training_tensor(plan->training, op->node, role);
    if (tensor)
        train_argument(plan, step, TRAIN_PARAMETER, tensor->offset);
    else
        train_argument(plan, step, TRAIN_CONSTANT, training_constant(plan->training, op->node, role)->offset);
}

struct lanes *train_operand(const struct train_plan *plan, const struct op *op, size_t index)
{
    return plan->of_value[op->inputs.items[index]->id];
}

struct lanes *train_result(const struct train_plan *plan, const struct op *op)
{
    return plan->of_value[op->output->id];
}

struct train_gradient *train_gradient(struct train_plan *plan, const struct op *of, enum weight_role role,
                                      enum train_order order, int64_t padded)
{
    const struct training_tensor *tensor = training_tensor(plan->training, of->node, role);
    if (!tensor || !tensor->learns)
        return NULL;
    for (size_t i = 0; i < plan->gradients.count; i++)
        if (plan->gradients.items[i]->tensor == tensor)
            return plan->gradients.items[i];
    struct train_gradient *gradient = ARENA_NEW(plan->arena, struct train_gradient);
    const struct weight *weight = tensor->weight;
    *gradient = (struct train_gradient){.tensor = tensor, .order = order, .offset = plan->shard_floats};
    gradient->count = weight->count;
    if (order != ORDER_PLAIN) {
        gradient->filters = weight->dims[0];
        gradient->channels = weight->dims[1];
        gradient->taps = weight->rank > 2 ? weight->dims[2] * weight->dims[3] : 1;
        gradient->padded = padded;
        gradient->count = (order == ORDER_INPUTS ? gradient->filters : gradient->channels) * gradient->taps * padded;
    }
    struct kernel *sum = train_kernel(plan, "train/sum.m4", "sum");
    kernel_numbers(sum, {"PLAIN", order == ORDER_PLAIN}, {"BY_INPUTS", order == ORDER_INPUTS},
                   {"COUNT", weight->count});
    if (order != ORDER_PLAIN)
        kernel_numbers(sum, {"FILTERS", gradient->filters}, {"CHANNELS", gradient->channels}, {"TAPS", gradient->taps},
                       {"PADDED", padded});
    gradient->sum = kernel_intern(plan->plan, sum);
    plan->shard_floats += plan_ceiling(gradient->count, TRAINING_ALIGNMENT) * TRAINING_ALIGNMENT;
    VEC_PUSH(plan->arena, &plan->gradients, gradient);
    return gradient;
}

void train_gradient_arguments(struct train_plan *plan, struct train_step *step, struct train_gradient *gradient)
{
    train_argument(plan, step, TRAIN_GRADIENT, gradient->offset);
    train_word(plan, step, gradient->written ? "0" : "at->fresh");
    gradient->written = true;
}

void train_end_phase(struct train_plan *plan, const struct train_norm *norm, bool backward)
{
    struct train_barrier barrier = {plan->phases - 1, norm, backward};
    VEC_PUSH(plan->arena, &plan->barriers, barrier);
    plan->phases++;
}
